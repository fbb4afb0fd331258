--- Duplex: a stream with two sides, one to read and one to write, that share nothing but their end.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")
local Readable = require("uvnet.stream.readable")
local Writable = require("uvnet.stream.writable")
local destruction = require("uvnet.stream.destroy")
local methods = require("uvnet.stream.methods")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")

local Duplex = Readable:extend("Duplex")
Duplex:mixin(Writable)
Duplex:_joinNames()

-- See `net.strict`.
Duplex.knownOptions = strict.names([[
  allowHalfOpen readable writable readableHighWaterMark writableHighWaterMark readableObjectMode writableObjectMode
]], Writable.knownOptions)

--- Does the writable side stay open when the readable side ends? Otherwise it is ended then.
Duplex.allowHalfOpen = true

-- Writable's knows of what waits to be written.
Duplex.destroy = Writable.destroy

--- Takes the options of both sides.
-- @local
function Duplex:_configure(options)
  self:_configureReadable(options, true)
  self:_configureWritable(options, true)
  if not options then return end
  if options.allowHalfOpen == false then self.allowHalfOpen = false end
  if options.readable == false then
    local rs = self._rs
    rs.readable = false
    rs.ended, rs.endEmitted = true, true
  end
  if options.writable == false then
    local ws = self._ws
    ws.writable = false
    ws.ending, ws.ended, ws.finished = true, true, true
  end
end

--- Makes a Duplex: `Duplex([options])`.
-- @tparam[opt] table options those of Readable and Writable; `allowHalfOpen`, `readable`, `writable` (all true unless
--   they are false); and for one side alone `readableHighWaterMark`, `writableHighWaterMark`, `readableObjectMode`,
--   `writableObjectMode`
-- @raise ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING
function Duplex:initialize(options)
  if options ~= nil then
    strict.check_constructor(self, options)
    EventEmitter.initialize(self, options)
  end
  self:_configure(options)
  self:_watchSignal(options)
  destruction.construct(self)
end

-- Loaded when it is first asked for.
local MAKE = "uvnet.stream.make"

--- Makes a Duplex of a stream (one that can do but one thing gets a side that is closed), of a pair `{ readable = …,
-- writable = … }`, of what `Readable.from` takes, except for functions, or of a function that makes chunks of chunks:
-- it is called as a coroutine, at once, with a function that gives the next chunk that was written, nil at the end;
-- what it yields is read. One that yields nothing returns nothing.
-- @param value
-- @treturn Duplex
-- @raise ERR_INVALID_ARG_TYPE; ERR_INVALID_RETURN_VALUE for a function that neither takes nor makes a chunk
function Duplex.from(value) return require(MAKE).duplex_from(value) end

--- `_construct` has called back.
-- @local
function Duplex:_constructed()
  Readable._constructed(self)
  Writable._constructed(self)
end

--- The readable side has ended, and the writable side is not to outlive it.
-- @local
function Duplex:_finishAfterEnd()
  if self.writable and not self.destroyed then self:finish() end
end

function Duplex.__getters:destroyed()
  return state.peek_readable(self).destroyed and state.peek_writable(self).destroyed or false
end

function Duplex.__setters:destroyed(value)
  self:_flowChanged()
  self._rs.destroyed, self._ws.destroyed = value and true or nil, value and true or nil
  self:_queueChanged()
end

methods.of_writable(Duplex) -- Writable's own would not be replaced in a class that only mixes it in

return Duplex
