--- Programs that run beside a spec: started in the background, watched while our own loop runs.

local lfs = require("lfs")
local net = require("uvnet")
local timers = require("uvnet.timers")

local child = {}

local Child = {}
Child.__index = Child

local on_windows = package.config:sub(1, 1) == "\\"

-- Where the processor or the system is emulated (UVNET_SLOW), everything takes longer.
local DEFAULT_LIMIT = (os.getenv("UVNET_SLOW") or "") ~= "" and 60000 or 10000

local running = {}
local here = lfs.currentdir()

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
child.quote = quote

local function read(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read("*a")
  file:close()
  return text
end

-- The search paths of this Lua, good in any directory.
local function absolute(paths)
  local list = {}
  for path in paths:gmatch("[^;]+") do
    list[#list + 1] = (path:find("^/") or path:find("^%a:")) and path or here .. "/" .. path
  end
  return table.concat(list, ";")
end

-- The interpreter is the first word of the command line that runs the specs.
local function interpreter()
  local named = os.getenv("UVNET_LUA")
  if named and named ~= "" then return named end
  local words = rawget(_G, "arg") or {}
  local first = 0
  while words[first - 1] do
    first = first - 1
  end
  return first < 0 and words[first] or "lua"
end

--- A shell command that runs a Lua program with our modules: the file at a path relative to the project, or a chunk.
-- @tparam string path or, with `-e` as the first of `arguments`, what that takes
-- @treturn string
function child.lua(...)
  local words = {
    "env", "-u", "LUA_INIT", "-u", "LUA_PATH_5_2", "-u", "LUA_PATH_5_3", "-u", "LUA_PATH_5_4",
    "-u", "LUA_CPATH_5_2", "-u", "LUA_CPATH_5_3", "-u", "LUA_CPATH_5_4",
    quote("LUA_PATH=" .. absolute(package.path)), quote("LUA_CPATH=" .. absolute(package.cpath)),
    quote(interpreter()),
  }
  for _, word in ipairs({ ... }) do
    words[#words + 1] = quote(tostring(word))
  end
  return table.concat(words, " ")
end

--- The same for one of the examples.
function child.example(name, ...) return child.lua(here .. "/examples/" .. name .. ".lua", ...) end

--- The absolute path of the project.
child.root = here

--- Is there such a program?
function child.has(program)
  if on_windows then return false end
  local status = os.execute("command -v " .. program .. " >/dev/null 2>&1")
  return status == true or status == 0
end

--- Starts a shell command in the background. Windows has none: tools/windows/count.lua takes the spec for pending.
-- @tparam string command
-- @tparam[opt] table options `input`: text for its standard input (otherwise it is empty); `directory`: where it runs
-- @treturn Child
function child.start(command, options)
  if on_windows then error("there is no POSIX shell on Windows", 0) end
  options = options or {}
  local base = os.tmpname()
  local self = setmetatable({ base = base, command = command }, Child)
  local file = assert(io.open(base .. ".in", "wb"))
  file:write(options.input or "")
  file:close()
  local inner = ("echo $$ >%s.pid; cd %s && exec %s"):format(base, quote(options.directory or here), command)
  os.execute(("{ sh -c %s <%s.in >%s.out 2>%s.err; echo $? >%s.code; mv %s.code %s.status; } >/dev/null 2>&1 &"):format(
    quote(inner), base, base, base, base, base, base
  ))
  running[#running + 1] = self
  return self
end

--- What it has printed so far.
function Child:output() return read(self.base .. ".out") end

--- What it has written to standard error so far.
function Child:errors() return read(self.base .. ".err") end

--- Its exit status, nil while it runs; 128 and more for a signal.
function Child:status() return tonumber(read(self.base .. ".status")) end

function Child:pid() return tonumber(read(self.base .. ".pid")) end

local function explain(self, what)
  return ("%s: %s\nstatus %s\nstandard output:\n%s\nstandard error:\n%s"):format(
    self.command, what, tostring(self:status()), self:output(), self:errors()
  )
end

--- Runs our loop until a condition is true.
-- @tparam function condition
-- @tparam[opt=10000] integer ms time limit; 60000 where UVNET_SLOW is set
-- @treturn boolean false when the time is over
function child.poll(condition, ms)
  if condition() then return true end
  local reached, late = false, false
  local interval = timers.setInterval(function()
    reached = condition()
    if reached then net.stop() end
  end, 10)
  local limit = timers.setTimeout(function()
    late = true
    net.stop()
  end, ms or DEFAULT_LIMIT)
  local ok, err = true, nil
  while ok and not reached and not late do
    ok, err = pcall(net.run)
  end
  interval:close()
  limit:close()
  if not ok then error(err, 0) end
  return reached and true or false
end

--- Runs our loop until its output matches a pattern, and gives back the captures.
function Child:waitFor(pattern, ms)
  local function seen() return self:output():find(pattern) or self:status() end
  child.poll(seen, ms)
  local output = self:output()
  if not output:find(pattern) then error(explain(self, "did not print " .. pattern), 2) end
  return output:match(pattern)
end

--- Runs our loop until it has ended, and gives back its exit status.
function Child:wait(ms)
  if not child.poll(function() return self:status() end, ms) then error(explain(self, "did not end"), 2) end
  return self:status()
end

--- Ends it, if it runs still.
-- @tparam[opt="TERM"] string signal
function Child:kill(signal)
  if self:status() then return end
  local pid = self:pid()
  if pid then os.execute(("kill -%s %d 2>/dev/null"):format(signal or "TERM", pid)) end
end

--- Runs a command to its end: its output, exit status, and standard error.
function child.run(command, options, ms)
  local one = child.start(command, options)
  local status = one:wait(ms)
  return one:output(), status, one:errors()
end

--- Ends all that were started and removes their files. For `after_each`.
function child.cleanup()
  for _, one in ipairs(running) do
    if not one:status() then
      child.poll(function() return one:pid() end, 2000)
      one:kill()
      if not child.poll(function() return one:status() end, 2000) then one:kill("KILL") end
      child.poll(function() return one:status() end, 2000)
    end
    for _, ending in ipairs({ "", ".in", ".out", ".err", ".pid", ".code", ".status" }) do
      os.remove(one.base .. ending)
    end
  end
  running = {}
end

--- The lines of what a program has printed, without empty ones.
function child.lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do
    list[#list + 1] = line
  end
  return list
end

return child
