-- bench/many: up to 50,000 connections on one server. `publish` puts into the tree what the run before has written, for
-- that may have been in a machine that sees the tree read only.

local growth = require("growth")
local json = require("json")
local lab = require("lab")
local report = require("report")

local MEASURED = "build/bench/many"

local function text_of(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

if arg[1] == "publish" then
  report.write_file("bench/many.json", text_of(MEASURED .. ".json"))
  report.publish_many((text_of(MEASURED .. ".md"):gsub("%s+$", "")))
  print("bench: written: bench/many.json, " .. MEASURED .. ".md, docs/performance.md")
  os.exit(0)
end

local function say(what) print("bench: " .. what) end

local began = os.time()
local present = lab.present()
local results = { machine = lab.machine(), date = os.date("!%Y-%m-%d") }
local virtual = os.getenv("BENCH_MACHINE")
results.machine.virtual = virtual ~= "" and virtual or nil

say("memory per idle connection")
results.idle = growth.idle(present, {
  "c", "uvnet-5.4", "uvnet-jit", "uvnet-5.1", "luv-5.4", "luv-jit", "node", "cqueues",
})
say("timeouts")
results.storm = growth.storm(present, { "uvnet-5.4", "uvnet-jit", "node" })
-- Needs no more descriptors than bench/run has, and is all about time.
if virtual ~= "tcg" then
  say("busy connections")
  results.busy = growth.busy(present)
end
results.seconds = os.time() - began

report.write_file(MEASURED .. ".json", json(results) .. "\n")
local text = report.many(results, present)
report.write_file(MEASURED .. ".md", text .. "\n")
print("\n" .. text .. "\n")
say(("%d seconds"):format(results.seconds))
