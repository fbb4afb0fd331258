--- Compares traces program by program.
--
-- A directory has the traces of Node, `node` and `twice`, and ours: `fast` and `slow`. `report.lua DIRECTORY` prints
-- where ours differ first, for each actor, and what is not the same twice in Node. `report.lua --numbers DIRECTORY`
-- needs no `twice`, and prints the numbers of the programs that differ.

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/../?.lua;" .. package.path
local compare = require("compare")

-- number -> actor -> lines; what no program did has the number 0 and the actor's place.
local function read(path)
  local programs = {}
  for _, line in ipairs(assert(compare.read(path))) do
    local number, actor, rest = line:match("^(%d+) (%S+) (.*)$")
    if not number then
      number, actor, rest = 0, "-", line
    end
    number = tonumber(number)
    local program = programs[number] or {}
    programs[number] = program
    program[actor] = program[actor] or {}
    table.insert(program[actor], rest)
  end
  return programs
end

-- Of two lines that show a state, the fields that differ.
local function fields_only(text)
  local head, first, second = text:match("^(.*\n)[^\n]*expected: ([^\n]*%-%- after[^\n]*)\n +got: (%-%- after[^\n]*)$")
  if not head then return text end
  local function lacking(line, other)
    local out = {}
    for field in (line:gsub(" (%l%a+=)", "\n%1") .. "\n"):gmatch("([^\n]*)\n") do
      if not (other .. " "):find(" " .. field .. " ", 1, true) and not field:find("^%-%- after") then
        out[#out + 1] = field
      end
    end
    return table.concat(out, " ")
  end
  local label = first:match("^%-%- after %d+")
  return ("%s      %s\n      expected: %s\n           got: %s"):format(
    head,
    label or "",
    lacking(first, second),
    lacking(second, first)
  )
end

-- The first difference of each actor of a program.
local function differences(expected, got)
  local out = {}
  for _, actor in ipairs({ "c", "d", "s", "t", "v", "u", "-" }) do
    local text = compare.difference(expected[actor] or {}, got[actor] or {})
    if text then out[#out + 1] = ("%s:\n%s"):format(actor, fields_only(text)) end
  end
  return out
end

-- The numbers of all programs, in order.
local function numbers_of(...)
  local list, seen = {}, {}
  for _, programs in ipairs({ ... }) do
    for number in pairs(programs) do
      if not seen[number] then list[#list + 1] = number end
      seen[number] = true
    end
  end
  table.sort(list)
  return list
end

local directory = arg[#arg]
local node = read(directory .. "/node")
local twice = arg[1] ~= "--numbers" and read(directory .. "/twice")
local paths = { fast = read(directory .. "/fast"), slow = read(directory .. "/slow") }
for _, number in ipairs(numbers_of(node, paths.fast, paths.slow)) do
  local expected = node[number] or {}
  local found = {}
  for _, path in ipairs({ "fast", "slow" }) do
    for _, text in ipairs(differences(expected, paths[path][number] or {})) do
      found[#found + 1] = ("program %d, %s, %s"):format(number, path, text)
    end
  end
  if twice and #differences(expected, twice[number] or {}) > 0 then
    print(("%d is not the same twice in Node"):format(number))
  elseif not twice then
    if #found > 0 then print(number) end
  elseif #found > 0 then
    print(table.concat(found, "\n"))
  end
end
