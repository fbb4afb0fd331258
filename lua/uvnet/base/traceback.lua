--- Where the program is: the lines of the stack, at a price that an Error for each lost connection may have.
--
-- `debug.traceback` looks for a function's global name among the fields of all loaded modules, for each line: tens of
-- microseconds in a small program, milliseconds in a large one. The name by which a function was called is at hand.
--
-- Floor 0.

local getinfo = debug and debug.getinfo

local MOST_LINES = 22 -- as many as Lua's own shows

local function line_of(info)
  local where = info.what == "C" and "[C]" or ("%s:%d"):format(info.short_src, info.currentline)
  if info.name then return ("\t%s: in function '%s'"):format(where, info.name) end
  if info.what == "main" then return ("\t%s: in main chunk"):format(where) end
  if info.what == "C" then return "\t[C]: in ?" end
  return ("\t%s: in function <%s:%d>"):format(where, info.short_src, info.linedefined)
end

--- The lines from a level on, each after a newline; empty where there is no `debug`.
-- @tparam integer level 1 is the function that calls
-- @tparam[opt] function ends it is given what `debug.getinfo` says of a function, and true ends the lines before that
-- @treturn string
return function(level, ends)
  if not getinfo then return "" end
  local lines = {}
  level = level + 1
  local info = getinfo(level, "Slnf")
  while info and not (ends and ends(info)) do
    if #lines == MOST_LINES then
      lines[#lines + 1] = "\t..."
      break
    end
    -- Of a tail call 5.1 and LuaJIT know nothing but that there was one.
    if info.what ~= "tail" then lines[#lines + 1] = line_of(info) end
    level = level + 1
    info = getinfo(level, "Slnf")
  end
  if #lines == 0 then return "" end
  return "\n" .. table.concat(lines, "\n")
end
