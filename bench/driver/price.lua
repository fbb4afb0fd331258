-- bench/price: what a message, a connection and a stream cost beside C and luv.

local growth = require("growth")
local lab = require("lab")
local workloads = require("workloads")

local SYSTEMS = { "c", "uvnet-5.4", "uvnet-jit", "uvnet-5.1", "luv-5.4", "luv-jit" }
local WANTED = { echo = true, churn = true, sink = true }
local ROUNDS, SECONDS = 9, 150

local present = lab.present()
local chosen = {}
for _, workload in ipairs(workloads(present, false, SYSTEMS)) do
  if WANTED[workload.id] then
    workload.rounds = ROUNDS
    chosen[#chosen + 1] = workload
  end
end

local samples = lab.compare(chosen, present, ROUNDS, SECONDS)
for _, workload in ipairs(chosen) do
  print(("\n%s: processor time (quartiles) and time by the clock, C = 1.00"):format(workload.title))
  local of_c = samples[workload.id].c
  for _, id in ipairs(workload.systems) do
    local kept = samples[workload.id][id]
    if kept then
      print(("  %-10s %5.2f (%.2f-%.2f)  %5.2f   %8.2f us of the processor"):format(
        id, kept.ratio.median, kept.ratio.low, kept.ratio.high,
        of_c.per_second.median / kept.per_second.median, kept.cpu_ns.median / 1000))
    end
  end
end

print("\nmemory of an idle connection")
for _, row in ipairs(growth.idle(present, SYSTEMS, { 1000, 10000 })) do
  for _, system in ipairs(lab.pick(present, SYSTEMS)) do
    local found = row.systems[system.id]
    if found then print(("  %6d  %-10s %5d B"):format(row.connections, system.id, found.bytes)) end
  end
end
