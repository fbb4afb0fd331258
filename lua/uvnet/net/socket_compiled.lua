--- `write` for LuaJIT's compiler: a call of C through the C API is where its compiled code ends, one by `ffi` is part
-- of it. So the direct lane is entered by `ffi`, and all that the lane does not settle at once goes the usual way.
--
-- Floor 7.

local compiled = {}

-- What the core's offer() answers besides a number of bytes.
local TOO_MUCH, QUEUED = -2, -3

-- `ffi` is for who may have it: the host may take it away after us, from where it was.
local function quietly_require_ffi()
  local loaded = package.loaded.ffi
  local ffi = require("ffi")
  if loaded == nil then
    package.loaded.ffi = nil
    package.preload.ffi = function() return ffi end -- the same: a second one would not know the types of the first
  end
  return ffi
end

local function make(direct, queued, offer, kind)
  if not jit.status() then return nil end -- luacheck: ignore 113
  offer = quietly_require_ffi().cast("int (**)(void *, const char *, int)", offer)[0]
  local getmetatable, rawget, type = getmetatable, rawget, type

  return function(self, data, encoding, callback)
    if encoding == nil and callback == nil and type(data) == "string" and type(self) == "table" then
      local box = rawget(self, "_handle")
      if type(box) == "userdata" and getmetatable(box) == kind then
        local size = #data
        local taken = offer(box, data, size)
        if taken == size then return true end
        if taken == TOO_MUCH then return self:_waitForTurn() end
        if taken == QUEUED then return queued(self, size) end
      end
    end
    -- How many arguments there are is looked at.
    if callback ~= nil then return direct(self, data, encoding, callback) end
    if encoding ~= nil then return direct(self, data, encoding) end
    return direct(self, data)
  end
end

--- Makes the `write` of sockets, or nil where nothing is compiled, or `ffi` is not to be had.
-- @tparam function direct the usual way: the core's write
-- @tparam function queued queued(socket, size): the core has queued what the system did not take
-- @tparam userdata offer the address of the core's pointer to offer(box, data, size)
-- @tparam table kind what getmetatable shows of a box
function compiled.write(direct, queued, offer, kind)
  local ok, write = pcall(make, direct, queued, offer, kind)
  return ok and write or nil
end

return compiled
