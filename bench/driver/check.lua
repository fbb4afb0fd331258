-- bench/check: what can be counted, against bench/limits.txt. A line there is: what, system, number.

local counts = require("counts")
local lab = require("lab")

local PATH, TOLERANCE = "bench/limits.txt", 1.03
local HEAD = [[
# What a message may cost, counted, not timed: instructions (valgrind) and system calls (strace) per 64 B echo by
# `data`, per 64 B echoed by `pipe`, per connect-echo-close; per echo in a task, without and with a deadline around it,
# and by lines; per line of 64 B of many that came in one go, by `readLine`, by `lines()` and by `frames`; per
# `net.isIP` and per `BlockList:check` in 100,000 subnets. bench/check fails where more than 3 % above
# it is measured.
# A change that is worth more than that moves the limit: `bench/check --update`, and the commit says why.
]]
local SYSTEMS = { "uvnet-5.4", "uvnet-jit", "uvnet-joff" }
local WHAT = {
  "echo", "task", "deadline", "line", "pipe", "churn", "calls", "readline", "lines", "frames", "isip", "blocked",
}
-- What LuaJIT makes of coroutines varies by more than is allowed for.
local ONLY = {
  task = "uvnet-5.4", deadline = "uvnet-5.4", line = "uvnet-5.4",
  readline = "uvnet-5.4", lines = "uvnet-5.4", frames = "uvnet-5.4",
}
local QUESTIONS = {
  isip = "addresses.lua", blocked = "addresses.lua", readline = "lines.lua", lines = "lines.lua", frames = "lines.lua",
}

local function measure(system, what)
  if what == "calls" then return counts.calls(system) end
  if QUESTIONS[what] then return counts.question(system, QUESTIONS[what], what) end
  return counts.instructions(system, what)
end

local function read_limits()
  local limits, file = {}, io.open(PATH)
  if not file then return limits end
  for line in file:lines() do
    local what, id, number = line:match("^(%l+)%s+(%S+)%s+([%d.]+)")
    if what then limits[what .. " " .. id] = tonumber(number) end
  end
  file:close()
  return limits
end

local update = arg[1] == "--update"
if arg[1] and not update then
  print("usage: bench/check [--update]")
  os.exit(2)
end

local present, limits = lab.present(), read_limits()
local lines, failed = { HEAD }, 0
for _, what in ipairs(WHAT) do
  for _, id in ipairs(ONLY[what] and { ONLY[what] } or SYSTEMS) do
    local system, limit = present[id], limits[what .. " " .. id]
    local value = system and measure(system, what)
    if not value then
      print(("FAIL  %-6s %-11s could not be measured"):format(what, id))
      failed = failed + 1
    else
      local verdict = "ok"
      if update then
        verdict = "set"
      elseif not limit or value > limit * TOLERANCE then
        verdict = limit and "FAIL" or "FAIL (no limit in " .. PATH .. ")"
        failed = failed + 1
      elseif value < limit / TOLERANCE then
        verdict = "ok, better by more than 3 %: bench/check --update holds the gain"
      end
      print(("%-8s %-11s %10.2f   limit %10.2f   %s"):format(what, id, value, limit or 0, verdict))
      lines[#lines + 1] = ("%-8s %-11s %.2f"):format(what, id, value)
    end
  end
end

if update and failed == 0 then
  local file = assert(io.open(PATH, "w"))
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
end
os.exit(failed == 0 and 0 or 1)
