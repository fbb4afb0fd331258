-- Counts what tools/platform-windows.sh has run of a spec file, and shows what failed.
-- usage: lua tools/windows/count.lua RESULT NAME KNOWN
-- RESULT: what busted has printed as TAP; KNOWN: the list of what is known to fail there. Prints each spec that failed
-- and is not known, and last: passed failed pending excused complete.
local result, name, known = arg[1], arg[2], arg[3]

-- What is known: words of a spec's name, or of its message, and the reason.
local excuses = {}
for line in io.lines(known) do
  local file, words, why = line:match("^(%S+)%s+(.-)%s+:%s+(.*)$")
  if file == name or file == "any" then excuses[#excuses + 1] = { words = words, why = why } end
end

local function reason(text)
  for _, one in ipairs(excuses) do
    if text:find(one.words, 1, true) then return one.why end
  end
end

local passed, failed, pending, excused, complete = 0, 0, 0, 0, 0
local spec, lines

local function judge()
  if not spec then return end
  local text = spec .. "\n" .. table.concat(lines, "\n")
  if text:find("there is no POSIX shell on Windows", 1, true) then
    pending = pending + 1
  elseif reason(text) then
    excused = excused + 1
  else
    failed = failed + 1
    print("not ok: " .. name .. ": " .. spec)
    for i = 1, math.min(#lines, 12) do
      print("  " .. lines[i])
    end
  end
  spec = nil
end

for line in io.lines(result) do
  line = line:gsub("\r$", "")
  local bad = line:match("^not ok %d+ %- (.*)")
  if bad or line:find("^ok %d") or line:find("^1%.%.%d") then judge() end
  if bad then
    spec, lines = bad, {}
  elseif line:find("^ok %d+ %- # SKIP") then
    pending = pending + 1
  elseif line:find("^ok %d") then
    passed = passed + 1
  elseif line:find("^1%.%.%d") then
    complete = 1
  elseif spec then
    lines[#lines + 1] = line
  end
end
judge()
print(("%d %d %d %d %d"):format(passed, failed, pending, excused, complete))
