--- Two streams that are each other's other end: `duplexPair`.
--
-- Floor 3.

local Duplex = require("uvnet.stream.duplex")
local ticks = require("uvnet.runtime.ticks")

-- `_other` is the other side; `_taken`: what to call when this side's chunk has been read there.
local Side = Duplex:extend("DuplexSide")

function Side:_read()
  local callback = rawget(self, "_taken")
  if not callback then return end
  rawset(self, "_taken", nil)
  callback()
end

function Side:_write(chunk, _, callback)
  if chunk == "" then return ticks.nextTick(callback) end
  local other = self._other
  rawset(other, "_taken", callback)
  other:push(chunk)
end

function Side:_final(callback)
  self._other:on("end", callback)
  self._other:push(nil)
end

-- The other side does not hang when this one has gone: it ends, or is destroyed as well, but not with our error.
local function follow(other, failed)
  if other.destroyed then return end
  if failed then other:destroy() else other:push(nil) end
end

function Side:_destroy(err, callback)
  if not self._other.destroyed then ticks.later(follow, self._other, err ~= nil) end
  callback(err)
end

--- Makes two Duplex streams: what is written to one is read from the other.
-- @tparam[opt] table options of both, see Duplex
-- @return one side
-- @return the other
-- @raise as Duplex does
return function(options)
  local one, other = Side(options), Side(options)
  rawset(one, "_other", other)
  rawset(other, "_other", one)
  return one, other
end
