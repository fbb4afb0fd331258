--- `write` for LuaJIT's compiler: a call of C through the C API is where its compiled code ends, one by `ffi` is part
-- of it. So the direct lane is entered by `ffi`, and all that the lane does not settle at once goes the usual way.
--
-- Floor 7.

local compiled = {}

-- What the core's offer() answers besides a number of bytes.
local TOO_MUCH = -2

local function ffi_where_compiled()
  local jit = rawget(_G, "jit")
  if type(jit) ~= "table" or not jit.status() then return nil end
  local ok, ffi = pcall(require, "ffi")
  return ok and ffi or nil
end

--- Makes the `write` of sockets, or nil where nothing is compiled.
-- @tparam function direct the usual way: the core's write
-- @tparam function queue_rest queue_rest(socket, data, written): what the system has not taken
-- @tparam userdata offer the address of the core's pointer to offer(box, data, size)
function compiled.write(direct, queue_rest, offer)
  local ffi = ffi_where_compiled()
  if not ffi then return nil end
  local getmetatable, rawget, type = getmetatable, rawget, type
  offer = ffi.cast("int (**)(void *, const char *, int)", offer)[0]

  return function(self, data, encoding, callback)
    if encoding == nil and callback == nil and type(data) == "string" and type(self) == "table" then
      local handle = rawget(self, "_handle")
      if getmetatable(handle) == "uvnet.handle" then
        local size = #data
        local taken = offer(handle, data, size)
        if taken == size then return true end
        if taken == TOO_MUCH then return self:_waitForTurn() end
        if taken >= 0 then return queue_rest(self, data, taken) end
      end
    end
    -- How many arguments there are is looked at.
    if callback ~= nil then return direct(self, data, encoding, callback) end
    if encoding ~= nil then return direct(self, data, encoding) end
    return direct(self, data)
  end
end

return compiled
