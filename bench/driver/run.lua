-- bench/run: everything, or with --quick the part that tells most.

local counts = require("counts")
local growth = require("growth")
local lab = require("lab")
local report = require("report")
local workloads = require("workloads")

local QUICK = { "c", "uvnet-5.4", "uvnet-jit", "luv-5.4", "node", "cqueues" }

local function say(what) print("bench: " .. what) end

local function counted(present, ids, what)
  local found = {}
  for _, system in ipairs(lab.pick(present, ids)) do
    found[system.id] = counts.instructions(system, what)
  end
  return found
end

local function calls(present, ids)
  local found = {}
  for _, system in ipairs(lab.pick(present, ids)) do
    found[system.id] = counts.calls(system)
  end
  return found
end

local quick = arg[1] == "--quick"
if arg[1] and not quick then
  print("usage: bench/run [--quick]")
  os.exit(2)
end

local began = os.time()
local present = lab.present()
local results = { machine = lab.machine(), quick = quick }

if quick then
  results.workloads = workloads(present, true, QUICK)
  say("processor time per message beside C")
  results.compared = lab.compare(results.workloads, present, 4, 60)
  say("memory per idle connection")
  results.idle = growth.idle(present, QUICK, { 10000 })
else
  results.workloads = workloads(present)
  say("processor time per message beside C")
  results.compared = lab.compare(results.workloads, present, 5, 260)
  say("instructions and system calls")
  local all = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-joff", "uvnet-5.1", "luv-5.4", "luv-jit", "cqueues" }
  local piping = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-joff" }
  results.instructions = {
    echo = counted(present, all, "echo"),
    pipe = counted(present, piping, "pipe"),
    churn = counted(present, piping, "churn"),
  }
  results.calls = calls(present, { "c", "uvnet-5.4", "uvnet-jit", "luv-5.4", "node", "cqueues" })
  say("growth")
  results.busy = growth.busy(present)
  results.idle = growth.idle(present)
  results.idle_all = growth.idle(present, { "luv-5.4", "luv-jit", "uvnet-5.1", "cqueues" }, { 10000 })
  say("latency")
  results.latency = growth.latency(present)
  say("timeouts and callbacks")
  results.timers = growth.timers(present, 5)
end

results.seconds = os.time() - began
report.print(results, present)
if not quick then
  report.write(results, present)
  say("written: bench/results.json, bench/chart.svg, docs/performance.md")
end
say(("%d seconds"):format(results.seconds))
