--- What specs need of the system, and no Lua has: fork and its like, in C. It is built when it is first asked for, for
-- the Lua that runs the specs.

local lfs = require("lfs")

local child = require("spec.support.child")

local posix = {}

local function modified(path) return lfs.attributes(path, "modification") or 0 end

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local built

-- The directory where it is, or nil and the reason.
local function build()
  if package.config:sub(1, 1) == "\\" then return nil, "there is no fork on Windows" end
  local key = jit and "jit" or _VERSION:match("%d.%d")
  local directory = ("%s/build/spec-%s"):format(child.root, key)
  local library, source = directory .. "/spec_posix.so", child.root .. "/spec/support/posix.c"
  if modified(library) > modified(source) then return directory end
  local include = run(("cd %s && . tools/common.sh && find_include %s"):format(child.quote(child.root), key))
  if include == "" then return nil, "the headers of this Lua are not here" end
  local link = run("uname -s") == "Darwin" and "-bundle -undefined dynamic_lookup" or "-shared"
  local mine = ("%s.%s"):format(library, tostring({}):match("%w+$"))
  local compile = "${CC:-cc} -std=c99 -D_GNU_SOURCE -O1 -fPIC -Wall %s -I%s -o %s %s 2>&1"
  local problem = run(("mkdir -p %s && " .. compile .. " && mv %s %s 2>&1"):format(
    child.quote(directory), link, child.quote(include), child.quote(mine), child.quote(source), child.quote(mine),
    child.quote(library)
  ))
  if modified(library) <= modified(source) then return nil, "it cannot be compiled: " .. problem end
  return directory
end

--- A chunk of Lua that makes `posix` known to a program, to stand before what uses it.
-- @treturn string or nil, and the reason
function posix.prelude()
  if not built then
    local directory, reason = build()
    if not directory then return nil, reason end
    built = directory
  end
  return ("local posix = assert(package.loadlib(%q, 'luaopen_spec_posix'))() "):format(built .. "/spec_posix.so")
end

return posix
