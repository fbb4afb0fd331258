-- What is counted, not timed, and so comes out the same on a busy machine: user-mode instructions and system calls per
-- message. Both are the difference of two runs of different length, so that starting and ending cancel out.

local lab = require("lab")

local counts = {}

-- Long enough that a JIT compiler has done its work in the shorter run too.
local RUNS = {
  echo = { short = 10000, long = 20000, load = { mode = "echo", serve = "echo", size = 64, connections = 1 } },
  task = { short = 10000, long = 20000, load = { mode = "echo", serve = "task", size = 64, connections = 1 } },
  deadline = {
    short = 10000, long = 20000, load = { mode = "echo", serve = "taskdeadline", size = 64, connections = 1 },
  },
  line = {
    short = 10000, long = 20000, load = { mode = "echo", serve = "taskline", size = 64, connections = 1, text = 2 },
  },
  pipe = { short = 10000, long = 20000, load = { mode = "echo", serve = "pipe", size = 64, connections = 1 } },
  churn = { short = 1000, long = 3000, load = { mode = "churn", serve = "echo", size = 64, connections = 1 } },
}
local CALLS = { short = 5000, long = 15000, load = { mode = "echo", serve = "echo", size = 64, connections = 50 } }
local QUESTIONS = { short = 100000, long = 200000 }
local SECONDS = 120

local function read(path)
  local file = io.open(path)
  if not file then return "" end
  local text = file:read("*a")
  file:close()
  return text
end

local function difference(system, run, wrap, path, total)
  local found = {}
  for _, length in ipairs({ "short", "long" }) do
    local load = { messages = run[length], seconds = SECONDS }
    for key, value in pairs(run.load) do
      load[key] = value
    end
    os.remove(path)
    local result, message = lab.run(system, load, wrap)
    if not result then
      print(("bench: counting on %s failed: %s"):format(system.name, message))
      return nil
    end
    found[length] = total(read(path))
    if not found[length] then
      print(("bench: counting on %s gave no total"):format(system.name))
      return nil
    end
  end
  return (found.long - found.short) / (run.long - run.short)
end

local VALGRIND_LOG = "build/bench/valgrind.log"

-- What is put before a command to have its instructions counted; nil when valgrind is missing.
local function valgrind()
  if lab.capture("command -v valgrind") == "" then return nil end
  local same_seed = read("build/bench/seed.so") ~= "" and "env LD_PRELOAD=build/bench/seed.so " or ""
  return same_seed .. "valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "
    .. "--log-file=" .. VALGRIND_LOG
end

local function instructions_in(text)
  local digits = text:match("I%s+refs:%s+([%d,]+)")
  return digits and tonumber((digits:gsub(",", "")))
end

--- Instructions per message (or per connection, for "churn"); nil when valgrind is missing.
function counts.instructions(system, what)
  local wrap = valgrind()
  return wrap and difference(system, RUNS[what], wrap, VALGRIND_LOG, instructions_in)
end

--- Instructions per call of a function that a script of bench/micro/ asks; nil when valgrind is missing.
function counts.question(system, script, what)
  local wrap = valgrind()
  if not wrap then return nil end
  local found = {}
  for i, count in ipairs({ QUESTIONS.short, QUESTIONS.long }) do
    os.remove(VALGRIND_LOG)
    local command = system.command:gsub("bench/servers/%S+", "bench/micro/" .. script)
    lab.capture(("%s %s %s %s %d"):format(system.environment or "", wrap, command, what, count))
    found[i] = instructions_in(read(VALGRIND_LOG))
    if not found[i] then return nil end
  end
  return (found[2] - found[1]) / (QUESTIONS.long - QUESTIONS.short)
end

--- System calls per message of an echo on 50 connections; nil when strace is missing.
function counts.calls(system)
  if lab.capture("command -v strace") == "" then return nil end
  local path = "build/bench/strace.log"
  return difference(system, CALLS, "strace -c -f -o " .. path, path, function(text)
    local sum
    for line in text:gmatch("[^\n]+") do
      local calls, name = line:match("^%s*[%d.]+%s+[%d.]+%s+%d+%s+(%d+)%s.-(%S+)$")
      if calls and name ~= "total" then sum = (sum or 0) + tonumber(calls) end
    end
    return sum
  end)
end

return counts
