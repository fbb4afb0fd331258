--- Transform: a Duplex whose output is made of its input. PassThrough: one that changes nothing.
--
-- Floor 3.

local Duplex = require("uvnet.stream.duplex")
local errors = require("uvnet.errors")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local Transform = Duplex:extend("Transform")

-- See `net.strict`.
Transform.knownOptions = strict.names("transform flush")

-- All input is there: what is left of the output, and its end.
local function flush(self, callback)
  if type(self._flush) ~= "function" or self.destroyed then
    self:push(nil)
    if callback then callback() end
    return
  end
  self:_flush(function(err, data)
    if err then
      if callback then
        callback(err)
      else
        self:destroy(err)
      end
      return
    end
    local ended = false
    local function end_output()
      if ended then return end
      ended = true
      self:push(nil)
      if callback then callback() end
    end
    if data ~= nil then
      -- A listener that raises must not keep the end from coming.
      ticks.later(end_output)
      self:push(data)
    end
    end_output()
  end)
end

-- Without buffering on the readable side, there is none on the writable side either, unless it is asked for.
local function unbuffered(options)
  if not options then return options end
  if state.wanted_high_water(options, "readableHighWaterMark", options.objectMode) ~= 0 then return options end
  local changed = {}
  for key, value in pairs(options) do
    changed[key] = value
  end
  changed.highWaterMark = nil
  changed.readableHighWaterMark = 0
  changed.writableHighWaterMark = options.writableHighWaterMark or 0
  return changed
end

--- Makes a Transform: `Transform([options])`.
-- @tparam[opt] table options those of Duplex, and in place of methods `transform`, `flush`: called with the stream
--   first
-- @raise ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING
function Transform:initialize(options)
  Duplex.initialize(self, unbuffered(options))
  -- What is pushed before the first _read may go straight to the listeners.
  self._rs.sync = false
  if options then
    if type(options.transform) == "function" then self._transform = options.transform end
    if type(options.flush) == "function" then self._flush = options.flush end
  end
  self:on("prefinish", function()
    if self._final ~= flush then flush(self) end
  end)
end

Transform._final = flush

--- Turns a chunk of input into output: by `push`, or as the second argument of the callback. To be overridden.
-- @tparam string chunk
-- @tparam string encoding
-- @tparam function callback to be called with an error or nil, and data or nil, once
function Transform._transform() errors.throw("ERR_METHOD_NOT_IMPLEMENTED", "_transform()") end

-- The output of a chunk has been pushed: when is the next one wanted?
local function complete(self, ws)
  local rs, callback = self._rs, ws.transformed
  local length = rs.length or 0
  if rs.ended then
    -- The end was pushed: that is to be known before the next chunk.
    ticks.later(callback)
  elseif ws.ended or length == ws.lengthBefore or length < state.high_water(rs) then
    callback()
  else
    ws.waiting = callback
  end
end

-- Finds `pushing` still set if a listener raised.
local function check(self, ws)
  ws.pushGuarded = nil
  if not ws.pushing then return end
  ws.pushing = nil
  complete(self, ws)
end

-- _transform has called back.
local function on_transformed(self, err, data)
  local ws = self._ws
  if err then
    ws.transformed(err)
    return
  end
  if data ~= nil then
    if not ws.pushGuarded then
      ws.pushGuarded = true
      ticks.later(check, self, ws)
    end
    ws.pushing = true
    self:push(data)
    ws.pushing = nil
  end
  complete(self, ws)
end

-- Fields of `_ws`: `transformed` is the callback of the chunk at hand, `waiting` the same once all is done but for
-- somebody to read. `pushing`: output is being pushed.
function Transform:_write(chunk, encoding, callback)
  local ws = self._ws
  ws.transformed = callback
  ws.lengthBefore = self._rs.length or 0
  local done = ws.onTransform
  if not done then
    function done(err, data) on_transformed(self, err, data) end
    ws.onTransform = done
  end
  self:_transform(chunk, encoding, done)
end

function Transform:_read()
  local ws = self._ws
  local callback = ws.waiting
  if callback then
    ws.waiting = nil
    callback()
  end
end

local PassThrough = Transform:extend("PassThrough")

function PassThrough:_transform(chunk, _, callback) -- luacheck: ignore 212
  callback(nil, chunk)
end

return { Transform = Transform, PassThrough = PassThrough }
