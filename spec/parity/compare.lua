--- Compares traces line by line: what a case did with what it is expected to do.
--
-- As a program: `compare.lua DIRECTORY LABEL` prints the first difference of each trace in the directory that is not
-- its .expected, and ends with how many are the same. With the label "node", cases whose .expected is written by hand
-- are left out.

local compare = {}

local here = (debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$") or ".")

--- Where the cases are.
compare.cases = here .. "/cases"

--- The lines of a text, or nil where there is no such file.
function compare.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line
  end
  local rest = text:match("([^\n]+)$")
  if rest then lines[#lines + 1] = rest end
  return lines
end

--- What a case is to print, and the row of docs/differences.md if that is not what Node prints.
function compare.expected(name)
  local lines = compare.read(compare.cases .. "/" .. name .. ".expected")
  if not lines then return nil end
  local row
  while lines[1] and lines[1]:find("^#") do
    row = row or lines[1]:match("^# docs/differences%.md: (.*)$")
    table.remove(lines, 1)
  end
  return lines, row
end

--- The first line in which two traces differ.
-- @treturn[1] nil they are the same
-- @treturn[2] string what differs, with the lines before it
function compare.difference(expected, got)
  for i = 1, math.max(#expected, #got) do
    if expected[i] ~= got[i] then
      local out = {}
      for j = math.max(1, i - 3), i - 1 do
        out[#out + 1] = "      " .. expected[j]
      end
      out[#out + 1] = ("  %3d expected: %s"):format(i, expected[i] or "(nothing more)")
      out[#out + 1] = ("           got: %s"):format(got[i] or "(nothing more)")
      return table.concat(out, "\n")
    end
  end
  return nil
end

--- The names of all cases, sorted.
function compare.names()
  local names = {}
  local pipe = assert(io.popen("ls '" .. compare.cases .. "'"))
  for file in pipe:lines() do
    names[#names + 1] = file:match("^(.*)%.js$")
  end
  pipe:close()
  return names
end

local function main(directory, label)
  local same, differ = 0, 0
  for _, name in ipairs(compare.names()) do
    local got = compare.read(directory .. "/" .. name .. ".trace")
    local expected, row = compare.expected(name)
    if got and not (row and label == "node") then
      local difference = expected and compare.difference(expected, got) or (not expected and "  no .expected") or nil
      if difference then
        differ = differ + 1
        print(("%s: %s\n%s"):format(label, name, difference))
      else
        same = same + 1
      end
    end
  end
  print(("%s: %d same, %d differ"):format(label, same, differ))
  return differ == 0
end

if arg and arg[0] and arg[0]:find("compare%.lua$") then os.exit(main(arg[1], arg[2]) and 0 or 1) end

return compare
