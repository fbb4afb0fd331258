--- A host that has chosen a locale: another small letter for I, a comma in the place of the point.

local child = require("spec.support.child")
local testing = require("uvnet.testing")

local PROGRAM = [[
assert(os.setlocale(LOCALE))
local net = require("net")
local function try(f, ...)
  local ok, err = pcall(f, ...)
  print(ok and "fine" or tostring(err))
end
for _, name in ipairs({ "ASCII", "BINARY", "LATIN1", "UTF-16LE", "Hex", "BASE64URL", "UCS2", "UTF8" }) do
  try(function() net.stream.PassThrough():setEncoding(name) end)
end
try(net.connect, { port = 1.5 })
try(net.connect, { port = "1.5" })
try(net.connect, { port = "1,5" })
try(net.connect, { port = "nan" })
local server = net.createServer()
server:listen("0")
server:on("listening", function() server:close() end)
net.run()
local emitter = net.events()
emitter:on(1.5, function() print("event 1.5") end)
print(emitter:emit("1.5"), emitter:eventNames()[1], emitter:emit(1.5))
print(net.errors.inspect(0.25), net.errors.inspect(3.0), net.errors.inspect({ 1.5 }), net.errors.inspect(-1e100))
print(net.SocketAddress({ address = "::1", family = "IPV6" }).family)
local list = net.BlockList()
list:addAddress("::1", "IPV6")
print(list:check("::1", "IPV6"))
print(net.isIP("127.0.0.1"), net.isIP("fe80::1%\228"), net.isIP("\178.1.1.1"))
net.timers.setTimeout(function() print("after 1.5 ms") end, "1.5")
local begun = net.timers.setTimeout(function() print("after 10 s") net.stop() end, "10000")
net.timers.setTimeout(function() begun:close() end, 200)
net.run()
print(os.setlocale(nil))
]]

-- The first of these that is here, or else is made into a folder of the build, where the system has its sources.
local function locale(names, input, charset)
  local before = os.setlocale(nil)
  for _, name in ipairs(names) do
    local found = os.setlocale(name)
    os.setlocale(before)
    if found then return name, "" end
  end
  local folder = child.root .. "/build/locale"
  local name = ("%s.%s"):format(input, charset)
  local path = folder .. "/" .. name
  local there = io.open(path .. "/LC_CTYPE")
  if there then
    there:close()
    return name, "LOCPATH=" .. child.quote(folder) .. " "
  end
  if child.has("localedef") then
    os.execute(("mkdir -p %s && localedef -i %s -f %s %s >/dev/null 2>&1"):format(
      child.quote(folder), input, charset, child.quote(path)
    ))
    there = io.open(path .. "/LC_CTYPE")
    if there then
      there:close()
      return name, "LOCPATH=" .. child.quote(folder) .. " "
    end
  end
end

describe("a host", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function run(name, environment)
    local program = PROGRAM:gsub("LOCALE", ("%q"):format(name))
    local command = "env " .. environment .. child.lua("-e", program)
    local output, status, problems = child.run(command)
    assert.same({ "", 0 }, { problems, status })
    return (output:gsub("[^\n]*\n$", ""))
  end

  local LOCALES = {
    { "with Turkish letters", { "tr_TR.ISO-8859-9", "tr_TR.iso88599" }, "tr_TR", "ISO-8859-9" },
    { "with a comma", { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8" }, "de_DE", "UTF-8" },
  }
  for _, one in ipairs(LOCALES) do
    it(one[1] .. " has the words and numbers of every other", function()
      local name, environment = locale(one[2], one[3], one[4])
      if not name then return pending(("no locale %s here, and none can be made"):format(one[2][1])) end
      local plain = run("C", "")
      assert.truthy(plain:find("true\t1.5\ttrue\n0.25\t3\t{ 1.5 }\t-1e+100\n", 1, true), plain)
      assert.truthy(plain:find("\nafter 1.5 ms\n$"), plain)
      assert.equal(plain, run(name, environment))
    end)
  end
end)
