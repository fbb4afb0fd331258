-- Runs busted on Windows, where its C modules are not: host.dll has what it needs of them.
-- usage: lua tools/windows/run.lua [spec files or busted options...]
local host = assert(package.loadlib(os.getenv("UVNET_HOST"), "luaopen_host"))()

package.preload.lfs = function()
  return {
    attributes = host.attributes,
    symlinkattributes = host.attributes,
    currentdir = host.currentdir,
    chdir = host.chdir,
    mkdir = host.mkdir,
    rmdir = host.rmdir,
    dir = function(path)
      local names, at = assert(host.list(path)), 0
      return function()
        at = at + 1
        return names[at]
      end
    end,
  }
end
package.preload.system = function()
  return { gettime = host.gettime, monotime = host.monotime, sleep = host.sleep }
end
package.preload.term = function()
  return { isatty = function() return false end }
end

-- A console changes what is written to it.
local result = os.getenv("UVNET_RESULT")
if result then io.output(result) end

-- The C library's own name lies in the root of the drive.
local names = 0
os.tmpname = function() -- luacheck: ignore
  names = names + 1
  local path = ("%s/lua_%d_%d_%d"):format(os.getenv("UVNET_TMP"), os.time(), math.floor(os.clock() * 1000), names)
  assert(io.open(path, "w")):close()
  return path
end

dofile("tools/busted.lua")
