-- bench/lines: what a server takes for a line of many that come in one go, and for an echo in a task; prints, writes
-- nothing.

local lab = require("lab")

local ROUNDS = 5
local LINE, CHUNK = 64, 65536
local PIPELINED = { mode = "sink", connections = 1, size = CHUNK, text = 2, warmup = 0.2, seconds = 0.5 }
local ECHO = { mode = "echo", connections = 50, size = LINE, text = 2, warmup = 0.2, seconds = 0.5 }

local LINES = {
  { title = "uvnet 5.4, lines()", id = "uvnet-5.4", serve = "tasklines" },
  { title = "uvnet 5.4, readLine", id = "uvnet-5.4", serve = "taskreadlines" },
  { title = "uvnet 5.4, frames", id = "uvnet-5.4", serve = "lineframes" },
  { title = "uvnet LuaJIT, lines()", id = "uvnet-jit", serve = "tasklines" },
  { title = "uvnet LuaJIT, readLine", id = "uvnet-jit", serve = "taskreadlines" },
  { title = "uvnet LuaJIT, frames", id = "uvnet-jit", serve = "lineframes" },
  { title = "cqueues 5.4, lines(\"*l\")", id = "cqueues", serve = "lines" },
  { title = "copas 5.1, receive(\"*l\")", id = "copas", serve = "lines" },
  { title = "Node, readline", id = "node", serve = "lines" },
}

local ECHOES = {
  { title = "C on libuv", id = "c", serve = "echo" },
  { title = "uvnet 5.4, readSome", id = "uvnet-5.4", serve = "task" },
  { title = "the same, a deadline for each", id = "uvnet-5.4", serve = "taskdeadline" },
  { title = "uvnet 5.4, readLine", id = "uvnet-5.4", serve = "taskline" },
  { title = "cqueues 5.4, read", id = "cqueues", serve = "echo" },
  { title = "copas 5.1, receivePartial", id = "copas", serve = "echo" },
}

local present = lab.present()

-- Rounds of all in turn: the same noise for each. Each one's times, and its ratios to the first in the same round.
local function compare(list, load, per_message, title)
  local times, ratios = {}, {}
  for _ = 1, ROUNDS do
    local base
    for i, entry in ipairs(list) do
      local system = present[entry.id]
      local options = { serve = entry.serve }
      for key, value in pairs(load) do
        options[key] = value
      end
      local result, message
      if system then
        result, message = lab.run(system, options)
      end
      times[i], ratios[i] = times[i] or {}, ratios[i] or {}
      if result then
        local time = result.cpu_per_message / per_message
        base = base or time
        table.insert(times[i], time)
        table.insert(ratios[i], time / base)
      elseif system then
        print(("bench: %s failed: %s"):format(entry.title, message))
      end
    end
  end
  print(title)
  for i, entry in ipairs(list) do
    local time, ratio = lab.summary(times[i]), lab.summary(ratios[i])
    if time then
      print(("  %-32s %8.3f µs   %6.2f (%.2f–%.2f)"):format(
        entry.title, time.median / 1000, ratio.median, ratio.low, ratio.high
      ))
    end
  end
end

compare(LINES, PIPELINED, CHUNK / LINE, "processor time per line of 64 B, many in one go")
compare(ECHOES, ECHO, 1, "processor time per echo of 64 B, 50 connections")
