--- What the specs about the project itself know of its files.

local lfs = require("lfs")

local tree = {}

--- Every file under a directory whose name ends so, sorted.
-- @tparam string directory relative to the project
-- @tparam string ending a Lua pattern, such as `%.lua$`
-- @treturn {string,...} paths relative to the project
function tree.files(directory, ending)
  local found = {}
  local function walk(place)
    for name in lfs.dir(place) do
      local path = place .. "/" .. name
      if name ~= "." and name ~= ".." then
        if lfs.attributes(path, "mode") == "directory" then
          walk(path)
        elseif name:find(ending) then
          found[#found + 1] = path
        end
      end
    end
  end
  walk(directory)
  table.sort(found)
  return found
end

--- The whole text of a file.
function tree.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

--- The file of a module of ours: `uvnet.stream` is lua/uvnet/stream.lua or lua/uvnet/stream/init.lua.
-- @treturn ?string nil for a module that is not written in Lua
function tree.file_of(module)
  local base = "lua/" .. module:gsub("%.", "/")
  for _, path in ipairs({ base .. ".lua", base .. "/init.lua" }) do
    if lfs.attributes(path, "mode") == "file" then return path end
  end
  return nil
end

--- The module of a file: the other way round.
function tree.module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

return tree
