--- Parity with Node: each case of spec/parity/cases is played here, with the fast paths and without, and its trace is
-- compared with the one that Node left (spec/parity/record), or, where we differ on purpose, with one written by hand.
-- No node is needed.

local here = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$") or "spec"
local compare = dofile(here .. "/parity/compare.lua")

-- The interpreter that runs this, as it was called.
local function interpreter()
  local named = os.getenv("UVNET_LUA")
  if named then return named end
  local at = 0
  while arg[at - 1] do
    at = at - 1
  end
  return arg[at]
end

local function shell_quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- All cases at once, for children are what takes the time. A memory checker is to look at the Lua, not at the shell.
local function play_all(directory, environment)
  local preload = os.getenv("LD_PRELOAD")
  local command = ("env -u LD_PRELOAD %s %s/parity/play-all %s %s %s PLAY @.lua"):format(
    environment,
    shell_quote(here),
    shell_quote(directory),
    preload and "env LD_PRELOAD=" .. shell_quote(preload) or "",
    shell_quote(interpreter())
  )
  os.execute(command)
end

-- Recorded where `localhost` is 127.0.0.1 alone; with ::1 beside it Node, too, looks up and tries one more.
local OF_LOCALHOST = { ["dns-lookup-localhost"] = true, ["socket-connect-default-host"] = true }

local function localhost_has_others()
  local net, others = require("net"), false
  net.dns.lookup("localhost", { all = true }, function(_, addresses) others = addresses ~= nil and #addresses > 1 end)
  net.run()
  return others
end

local function describe_path(title, environment)
  describe("parity with Node, " .. title, function()
    local directory

    setup(function()
      directory = os.tmpname()
      os.remove(directory)
      play_all(directory, environment)
    end)

    teardown(function() os.execute("rm -rf " .. shell_quote(directory)) end)

    for _, name in ipairs(compare.names()) do
      it(name, function()
        if OF_LOCALHOST[name] and localhost_has_others() then
          pending("localhost has more than one address")
          return
        end
        local expected = assert(compare.expected(name), "no .expected: run spec/parity/record " .. name)
        local got = assert(compare.read(directory .. "/" .. name .. ".trace"), "it was not played")
        local difference = compare.difference(expected, got)
        if difference then
          local complaints = compare.read(directory .. "/" .. name .. ".err") or {}
          error("\n" .. difference .. "\n" .. table.concat(complaints, "\n"), 0)
        end
      end)
    end
  end)
end

describe_path("with the fast paths", "")
describe_path("without the fast paths", "UVNET_NO_FAST_LANES=1")

describe("the cases", function()
  it("are many, and each is there in both languages", function()
    local names = compare.names()
    assert.is_true(#names >= 150)
    for _, name in ipairs(names) do
      local file = assert(io.open(compare.cases .. "/" .. name .. ".lua"))
      file:close()
    end
  end)

  it("differ from Node only where docs/differences.md says so", function()
    local text = table.concat(assert(compare.read(here .. "/../docs/differences.md")), "\n")
    for _, name in ipairs(compare.names()) do
      local _, row = compare.expected(name)
      if row then assert.is_truthy(text:find("| " .. row .. " |", 1, true), name .. ": no row '" .. row .. "'") end
    end
  end)
end)
