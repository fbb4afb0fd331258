--- The methods of streams that wait: loaded when the first of them is called.
--
-- Floor 3.

local READING = {
  "readSome", "readExactly", "readLine", "readUntil", "readFrame", "readAll", "lines", "chunks", "iterator", "frames",
  "finished",
}
local WRITING = { "writeAll", "finished" }

local methods = {}

local classes = {} -- with the names of the methods that each has got
local loaded

local function load()
  if loaded then return loaded end
  loaded = {}
  for _, part in ipairs({
    require("uvnet.stream.await_read"),
    require("uvnet.stream.await_write"),
    (require("uvnet.stream.frames")), -- and not what else Lua 5.4 gives back
  }) do
    for name, method in pairs(part.methods) do
      loaded[name] = method
    end
  end
  for class, places in pairs(classes) do
    for name, stand_in in pairs(places) do
      if class[name] == stand_in then class[name] = loaded[name] end
    end
  end
  return loaded
end

local function add(class, names)
  local places = classes[class] or {}
  classes[class] = places
  for _, name in ipairs(names) do
    local function stand_in(...) return load()[name](...) end
    places[name], class[name] = stand_in, stand_in
  end
end

--- Gives a class of streams the methods that read.
function methods.of_readable(class) add(class, READING) end

--- The same of those that write.
function methods.of_writable(class) add(class, WRITING) end

return methods
