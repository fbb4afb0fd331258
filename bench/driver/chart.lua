-- Bars beside the limit: processor time per message of Node, luv, cqueues and uvnet, C = 1.00.

local lab = require("lab")

local LEFT, RIGHT, TOP, BAR, GAP, SCALE_END = 300, 40, 70, 13, 16, 3
local WIDTH = 900
local COLOURS = { ["uvnet-5.4"] = "#1d6fa5", ["luv-5.4"] = "#8aa4b8", node = "#7a9a5f", cqueues = "#b59a6d" }

local function escape(text) return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub("`", "")) end

local function text(x, y, words, more)
  return ('<text x="%.1f" y="%.1f" %s>%s</text>'):format(x, y, more or "", escape(words))
end

local function at(ratio) return LEFT + (WIDTH - LEFT - RIGHT) * math.min(ratio, SCALE_END) / SCALE_END end

return function(results, present)
  local systems = lab.pick(present, { "uvnet-5.4", "luv-5.4", "cqueues", "node" })
  local out, y = {}, TOP
  for _, workload in ipairs(results.workloads) do
    local of = results.compared[workload.id] or {}
    local top, drawn = y, 0
    for _, system in ipairs(systems) do
      local ratio = of[system.id] and of[system.id].ratio
      if ratio then
        out[#out + 1] = ('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>'):format(
          LEFT, y, at(ratio.median) - LEFT, BAR - 2, COLOURS[system.id]
        )
        local beyond = ratio.median > SCALE_END and " →" or ""
        local label = ("%.2f%s"):format(ratio.median, beyond)
        out[#out + 1] = text(at(ratio.median) + 4, y + BAR - 4, label, 'font-size="10"')
        y, drawn = y + BAR, drawn + 1
      end
    end
    if drawn > 0 then
      out[#out + 1] = text(LEFT - 10, (top + y) / 2 + 3, workload.title, 'text-anchor="end"')
      y = y + GAP
    end
  end
  local head = {
    ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" '
      .. 'font-size="12" fill="#222">'):format(WIDTH, y + 10, WIDTH, y + 10),
    ('<rect width="%d" height="%d" fill="#fff"/>'):format(WIDTH, y + 10),
    text(LEFT, 24, "Processor time of the server per message; the line is C on libuv = 1.00", 'font-weight="bold"'),
  }
  local x = LEFT
  for _, system in ipairs(systems) do
    head[#head + 1] = ('<rect x="%d" y="38" width="12" height="12" fill="%s"/>'):format(x, COLOURS[system.id])
    head[#head + 1] = text(x + 17, 48, system.name)
    x = x + 110
  end
  out[#out + 1] = ('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#c33" stroke-width="1.5"/>'):format(
    at(1), TOP - 8, at(1), y - GAP + 4
  )
  return table.concat(head, "\n") .. "\n" .. table.concat(out, "\n") .. "\n</svg>\n"
end
