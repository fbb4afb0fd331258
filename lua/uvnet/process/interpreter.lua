--- The Lua that runs: its program, and how it was called.
--
-- Floor 2.

local core = require("uvnet.core")

local interpreter = {}

local path

--- The program that runs now, whole.
function interpreter.path()
  if not path then path = core.execPath() or "lua" end
  return path
end

local function base_name(file) return (file:gsub("\\", "/"):match("([^/]*)$"):gsub("%.exe$", "")) end

--- Is this a Lua, so that the other end of a channel to it speaks the form of two Luas?
function interpreter.isLua(file)
  return file == interpreter.path() or base_name(file):find("^lua[jit%d%.%-]*$") ~= nil
end

-- Where the interpreter stands in the table `arg`.
local function first_place(words)
  local first = 0
  while words[first - 1] do
    first = first - 1
  end
  return first
end

-- These say what is to be run: a child runs something else.
local RUNS = { ["-e"] = true, ["-"] = true, ["-i"] = true }

--- The interpreter's own options of this program, such as `-W` or `-l name`.
function interpreter.arguments()
  local words, result = rawget(_G, "arg"), {}
  if type(words) ~= "table" then return result end
  local at = first_place(words) + 1
  while at < 0 do
    local word = words[at]
    if RUNS[word] then
      if word == "-e" then at = at + 1 end
    elseif not word:find("^%-e.") then
      result[#result + 1] = word
    end
    at = at + 1
  end
  return result
end

--- The script that runs, or nil; and its arguments.
function interpreter.script()
  local words = rawget(_G, "arg")
  if type(words) ~= "table" then return nil, {} end
  local list = {}
  for i = 1, #words do
    list[i] = words[i]
  end
  return words[0], list
end

--- The running script's path as a child with another working directory finds it; any other path as it is.
-- @tparam string script
function interpreter.fromHere(script)
  if script ~= interpreter.script() or script:find("^/") or core.platform() == "win32" then return script end
  return (core.cwd() or ".") .. "/" .. script
end

return interpreter
