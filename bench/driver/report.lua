-- Results as Markdown tables, as JSON and as a chart.

local chart = require("chart")
local json = require("json")
local lab = require("lab")

local report = {}

local PAGE = "docs/performance.md"

local function row(cells) return "| " .. table.concat(cells, " | ") .. " |" end

local function table_of(head, rows)
  local line = {}
  for i = 1, #head do
    line[i] = i == 1 and "---" or "---:"
  end
  local lines = { row(head), row(line) }
  for _, cells in ipairs(rows) do
    lines[#lines + 1] = row(cells)
  end
  return table.concat(lines, "\n")
end

local function names(systems, first)
  local head = { first }
  for _, system in ipairs(systems) do
    head[#head + 1] = system.name
  end
  return head
end

-- 1234567 -> 1,234,567
local function grouped(number)
  local text = ("%.0f"):format(number)
  local done
  repeat
    text, done = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2")
  until done == 0
  return text
end

local function cells_for(title, systems, value)
  local cells = { title }
  for _, system in ipairs(systems) do
    cells[#cells + 1] = value(system.id) or "–"
  end
  return cells
end

local function compared(results, present)
  local systems, rows = {}, {}
  for _, system in ipairs(present) do
    local tried = false
    for _, workload in ipairs(results.workloads) do
      tried = tried or results.compared[workload.id][system.id] ~= nil
    end
    if tried and system.id ~= "c" then systems[#systems + 1] = system end
  end
  for _, workload in ipairs(results.workloads) do
    local of = results.compared[workload.id]
    local cells = cells_for(workload.title, systems, function(id)
      local kept = of[id]
      if not kept or not kept.ratio then return nil end
      return ("**%.2f** (%.2f–%.2f)"):format(kept.ratio.median, kept.ratio.low, kept.ratio.high)
    end)
    cells[#cells + 1] = of.c and of.c.cpu_ns and ("%.2f µs"):format(of.c.cpu_ns.median / 1000) or "–"
    cells[#cells + 1] = workload.limit and ("≤ %.2f"):format(workload.limit) or ""
    rows[#rows + 1] = cells
  end
  local head = names(systems, "server's processor time per message, C = 1.00")
  head[#head + 1] = "C takes"
  head[#head + 1] = "limit for uvnet 5.4"
  return table_of(head, rows)
end

local function counted(results, present)
  if not results.instructions then return nil end
  local systems = lab.pick(present, {
    "c", "uvnet-5.4", "uvnet-jit", "uvnet-joff", "uvnet-5.1", "luv-5.4", "luv-jit", "cqueues", "node",
  })
  local rows = {}
  for _, what in ipairs({
    { "echo", "64 B echo" }, { "pipe", "64 B by `pipe`" }, { "churn", "connect, echo, close" },
  }) do
    local of = results.instructions[what[1]]
    rows[#rows + 1] = cells_for("instructions, " .. what[2], systems, function(id)
      if not of[id] then return nil end
      if id == "c" or not of.c then return grouped(of[id]) end
      return ("%s (C + %s)"):format(grouped(of[id]), grouped(of[id] - of.c))
    end)
  end
  rows[#rows + 1] = cells_for("system calls, 64 B echo", systems, function(id)
    return results.calls[id] and ("%.2f"):format(results.calls[id])
  end)
  return table_of(names(systems, "user mode, per message"), rows)
end

local function busy(results, present)
  if not results.busy then return nil end
  local systems, rows = lab.pick(present, { "c", "uvnet-5.4", "uvnet-jit", "node" }), {}
  for _, entry in ipairs(results.busy) do
    rows[#rows + 1] = cells_for(grouped(entry.connections), systems, function(id)
      local of = entry.systems[id]
      return of and ("%.2f µs, %s/s"):format(of.cpu_ns / 1000, grouped(of.per_second))
    end)
  end
  return table_of(names(systems, "busy connections: processor time, messages"), rows)
end

local function idle(results, present)
  local systems, rows, shown = {}, {}, {}
  local lists = { results.idle, results.idle_all or {} }
  for _, list in ipairs(lists) do
    for _, entry in ipairs(list) do
      for id in pairs(entry.systems) do
        shown[id] = true
      end
    end
  end
  for _, system in ipairs(present) do
    if shown[system.id] then systems[#systems + 1] = system end
  end
  for _, entry in ipairs(results.idle) do
    rows[#rows + 1] = cells_for(grouped(entry.connections), systems, function(id)
      local of = entry.systems[id]
      for _, more in ipairs(results.idle_all or {}) do
        if more.connections == entry.connections then of = of or more.systems[id] end
      end
      return of and ("%s B, %.2f s"):format(grouped(of.bytes), of.accept_seconds)
    end)
  end
  return table_of(names(systems, "idle connections: memory of each, time to accept all and answer once"), rows)
end

local function latency(results, present)
  if not results.latency then return nil end
  local systems = {}
  for _, system in ipairs(present) do
    if results.latency[system.id] then systems[#systems + 1] = system end
  end
  local rows = {}
  for _, what in ipairs({ { "p50_ns", "median" }, { "p99_ns", "99th percentile" } }) do
    rows[#rows + 1] = cells_for(what[2], systems, function(id)
      local of = results.latency[id]
      local value = of[what[1]]
      local low, high = of[what[1]:sub(1, 3) .. "_low_ns"], of[what[1]:sub(1, 3) .. "_high_ns"]
      if value and low and high then
        return ("%.0f µs (%.0f–%.0f)"):format(value / 1000, low / 1000, high / 1000)
      end
      return value and ("%.0f µs"):format(value / 1000)
    end)
  end
  return table_of(names(systems, "latency at 10,000 messages a second, 50 connections"), rows)
end

local function timers(results, present)
  if not results.timers then return nil end
  local systems, rows = lab.pick(present, { "uvnet-5.4", "uvnet-jit", "node" }), {}
  for _, what in ipairs({
    { "timeout", "with `setTimeout`, plain echo = 1.00" },
    { "callback", "`write` with a callback, plain echo = 1.00" },
  }) do
    rows[#rows + 1] = cells_for(what[2], systems, function(id)
      local of = results.timers[what[1]][id]
      return of and ("**%.2f** (%.2f–%.2f)"):format(of.median, of.low, of.high)
    end)
  end
  return table_of(names(systems, "timers and callbacks"), rows)
end

-- What timeouts cost that come once, and those that have come; beside connections that have none.
local function storm(results, present)
  local found = results.storm or results.timers and results.timers.storm
  if not found then return nil end
  local systems, rows = {}, {}
  for _, system in ipairs(present) do
    if found[system.id] and found[system.id].echo then systems[#systems + 1] = system end
  end
  if #systems == 0 then return nil end
  local some = found[systems[1].id].echo
  local shown = {
    { "memory of each", "%.0f B", "bytes" },
    { ("processor time of the first %d s"):format(some.seconds), "%.0f ms", "cpu_ms" },
    { ("of the next %d s"):format(some.seconds), "%.0f ms", "later_cpu_ms" },
  }
  -- What accepting takes varies more, where it is emulated, than what timeouts add to it.
  if results.machine.virtual ~= "tcg" then
    shown[#shown + 1] = { "of all, from the first connection on", "%.0f ms", "whole_cpu_ms" }
  end
  for _, what in ipairs(shown) do
    rows[#rows + 1] = cells_for(what[1] .. ": without, with", systems, function(id)
      local without, with = found[id].echo, found[id].shorttimeout
      return with and (what[2] .. ", " .. what[2]):format(without[what[3]], with[what[3]])
    end)
  end
  return table_of(names(systems, grouped(some.connections) .. " idle connections, `setTimeout(2000)` on each"), rows)
end

local function machine(results)
  local m = results.machine
  return ("%s, %s processors, %s, libuv %s; %s; %s; luv %s; cqueues %s; Node %s. "):format(
    m.processor, m.processors or "?", m.kernel, m.libuv, m.lua, m.luajit, m.luv, m.cqueues, m.node
  ) .. ("Server on one processor, load on another; medians of rounds, quartiles in brackets; load average at the "
    .. "start %.1f."):format(m.load_average or 0)
end

local function tables(results, present)
  local parts = {}
  for _, make in ipairs({ compared, counted, idle, busy, latency, timers, storm }) do
    parts[#parts + 1] = make(results, present)
  end
  parts[#parts + 1] = machine(results)
  return table.concat(parts, "\n\n")
end

local function write_file(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

-- Only what stands between the two markers is ours.
local function write_between_markers(name, text)
  local open, shut = ("<!-- %s:begin -->"):format(name), ("<!-- %s:end -->"):format(name)
  local file = io.open(PAGE)
  local page = file and file:read("*a") or ""
  if file then file:close() end
  local first, last = page:find(open, 1, true), page:find(shut, 1, true)
  if not first or not last then
    print(("bench: %s has no %s … %s; tables not written there"):format(PAGE, open, shut))
    return
  end
  write_file(PAGE, page:sub(1, first + #open - 1) .. "\n" .. text .. "\n" .. page:sub(last))
end

function report.print(results, present) print("\n" .. tables(results, present) .. "\n") end

function report.write(results, present)
  write_file("bench/results.json", json(results) .. "\n")
  write_file("bench/chart.svg", chart(results, present))
  write_between_markers("table", tables(results, present))
end

--- The tables of many connections, and what they were measured on.
function report.many(results, present)
  local m = results.machine
  local on = ("%s, %s; %s; Node %s; libuv %s."):format(results.date, m.kernel, m.lua, m.node, m.libuv)
  if m.virtual == "kvm" then on = on .. " In a virtual machine." end
  if m.virtual == "tcg" then
    on = on .. " In an emulated machine: memory is as it is, times are several times longer than they would be."
  end
  local parts = {}
  for _, make in ipairs({ idle, storm, busy }) do
    parts[#parts + 1] = make(results, present)
  end
  parts[#parts + 1] = on
  return table.concat(parts, "\n\n")
end

--- Puts what `report.many` gave into its place.
function report.publish_many(text) write_between_markers("many", text) end

report.write_file = write_file

return report
