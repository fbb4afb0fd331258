--- Readable: what data is pushed into and read from.
--
-- The class is read in four files: this one; push.lua, what goes in; read.lua, what comes out; pipe.lua.
--
-- Whoever makes a Readable gives it a `_read(size)`, which is called while there is room, and calls `push(chunk)`, and
-- `push(nil)` at the end. Data goes to `data` listeners as it comes (flowing), or waits for `read`.
--
-- Fields of `_rs` (see state.lua for how they are kept): `flowing` is nil until somebody decides, then true or false.
-- `length` counts bytes, or objects. `reading`: `_read` was called and has not pushed yet. `sync`: it is on the stack
-- now; nil, before the first time, counts as true. `needReadable`: whoever listens for `readable` waits for it.
-- `emittedReadable`: it is under way. `ended`: `push(nil)` was called; `endEmitted`: so was `end`. `paused` is nil
-- until `pause` or `resume` is called. `guarded` and `emitting` are about listeners that raise: see read.lua.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")
local buffer = require("uvnet.stream.buffer")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local methods = require("uvnet.stream.methods")
local pipe = require("uvnet.stream.pipe")
local push = require("uvnet.stream.push")
local reading = require("uvnet.stream.read")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local text = require("uvnet.stream.text")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later
local high_water, peek_readable = state.high_water, state.peek_readable
local emit_readable, maybe_read_more = reading.emit_readable, reading.maybe_read_more

local Readable = EventEmitter:extend("Readable")
local add_listener = EventEmitter.on

Readable._isReadable = true

-- See `net.strict`.
Readable.knownOptions = strict.names([[
  highWaterMark objectMode encoding defaultEncoding emitClose autoDestroy signal read destroy construct
]])

-- What the task of a listener has raised, if it captures that.
Readable[EventEmitter.captureRejectionSymbol] = function(self, err) self:destroy(err) end

local getters = Readable.__getters

function getters:_rs()
  local rs = {}
  rawset(self, "_rs", rs)
  return rs
end

--- Takes the options of the readable side; shared with Duplex.
-- @local
function Readable:_configureReadable(options, is_duplex)
  if options or state.defaults_changed() then
    options = options or {}
    local rs = self._rs
    local object_mode = is_duplex and options.readableObjectMode
    state.configure(rs, options, is_duplex and "readableHighWaterMark" or nil, object_mode)
    if options.defaultEncoding ~= nil then
      local name = text.name(options.defaultEncoding)
      if name ~= "utf8" then rs.defaultEncoding = name end
    end
    if options.encoding then
      rs.encoding = text.name(options.encoding)
      rs.decoder = text.decoder(rs.encoding)
    end
    if type(options.read) == "function" then self._read = options.read end
    if type(options.destroy) == "function" then self._destroy = options.destroy end
    if type(options.construct) == "function" then self._construct = options.construct end
  end
end

--- Makes a Readable: `Readable([options])`.
-- @tparam[opt] table options `highWaterMark` (bytes or objects), `objectMode`, `encoding`, `emitClose`, `autoDestroy`,
--   `signal` (an AbortSignal that destroys it), and in place of methods `read`, `destroy`, `construct`: called with the
--   stream first
-- @raise ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING
function Readable:initialize(options)
  if options ~= nil then
    strict.check_constructor(self, options)
    EventEmitter.initialize(self, options)
  end
  self:_configureReadable(options, false)
  self:_watchSignal(options)
  destruction.construct(self)
end

Readable.push = push.push
Readable.unshift = push.unshift
Readable.read = reading.read
Readable.pause = reading.pause
Readable.resume = reading.resume
Readable.pipe = pipe.pipe
Readable.unpipe = pipe.unpipe

--- Has data come as text from now on. What is held already is decoded too.
-- @tparam[opt="utf8"] string encoding
-- @return the stream
-- @raise ERR_UNKNOWN_ENCODING
function Readable:setEncoding(encoding)
  local name = text.name(encoding == nil and "utf8" or encoding)
  self:_flowChanged()
  local rs = self._rs
  local decoded_before = rs.decoder ~= nil
  local decoder = text.decoder(name)
  rs.decoder, rs.encoding = decoder, name
  if (rs.length or 0) > 0 and not rs.objectMode then
    local content = buffer.take_all(rs)
    if not decoded_before then
      content = decoder:write(content)
      -- What comes after the last byte has been said already.
      if rs.ended then content = content .. decoder:finish() end
    end
    if content ~= "" then buffer.append(rs, content) end
    rs.length = #content
  end
  return self
end

--- Called while there is room: has data pushed. To be overridden.
-- @tparam integer size the high-water mark
function Readable._read() errors.throw("ERR_METHOD_NOT_IMPLEMENTED", "_read()") end

--- Gives back what the stream holds, then calls back. To be overridden.
-- @function _destroy
-- @tparam ?Error err why the stream is destroyed
-- @tparam function callback
Readable._destroy = destruction.default

-- Node's, for classes that are used again.
Readable._undestroy = destruction.undestroy

--- Ends the stream at once: no more data. `error`, if there is a reason, and `close` follow.
-- @function destroy
-- @tparam[opt] Error err the reason
-- @return the stream
Readable.destroy = destruction.destroy

--- `_construct` has called back.
-- @local
function Readable:_constructed()
  local rs = self._rs
  if rs.needReadable then maybe_read_more(self, rs) end
end

-- Loaded when it is first asked for.
local MAKE, OPERATORS, SIGNAL = "uvnet.stream.make", "uvnet.stream.operators", "uvnet.stream.signal"
local WRAPPED = "uvnet.stream.wrapped"

for _, name in ipairs({
  "map", "filter", "flatMap", "take", "drop", "toArray", "forEach", "reduce", "some", "every", "find",
}) do
  Readable[name] = function(...) return require(OPERATORS)[name](...) end
end

--- Makes a Readable of what can be gone through: a list, a function that returns the next value and nil at the end, or
-- a coroutine, which yields them. A string is one chunk.
-- @param iterable
-- @tparam[opt] table options of Readable; `objectMode` is true and `highWaterMark` 1 unless they are given
-- @treturn Readable
-- @raise ERR_INVALID_ARG_TYPE
function Readable.from(iterable, options) return require(MAKE).from(iterable, options) end

--- Reads what an old stream gives, which only emits `data` and `end`: `Readable(options):wrap(stream)`. Or, called on
-- the class, makes a Readable of it: `Readable.wrap(stream[, options])`.
-- @param stream
-- @return the Readable
-- @raise ERR_INVALID_ARG_TYPE
function Readable:wrap(stream)
  if type(self) == "table" and self._isReadable and Readable:isInstance(self) then
    return require(WRAPPED).wrap(self, stream)
  end
  return require(WRAPPED).new(Readable, self, stream)
end

local COMPOSE_OPTIONS = strict.names("signal")

local function nothing() end

--- On Lua 5.4, `local stream <close> = …` destroys it at the block's end. If it has not ended by then, that is with an
-- AbortError, which nobody has to listen for.
function Readable.__instance.__close(self)
  if self.destroyed then return end
  self:on("error", nothing)
  self:destroy(not self.readableEnded and errors.coded("ABORT_ERR") or nil)
end

--- Makes a Duplex of this stream and another: what is written is what the other reads, see `net.stream.compose`.
-- @param stream a stream, or a function as of `Duplex.from`
-- @tparam[opt] table options `signal`
-- @treturn Duplex
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
function Readable:compose(stream, options)
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  strict.check(options, COMPOSE_OPTIONS)
  local signal = options and options.signal
  if signal ~= nil then require("uvnet.base.abort").check(signal, "options.signal") end
  local make = require(MAKE)
  local composed = make.compose(self, stream == nil and make.duplex_from(nil) or stream)
  if signal then require(SIGNAL).addAbortSignal(signal, composed) end
  return composed
end

--- Takes the `signal` of a stream's options.
-- @local
function Readable:_watchSignal(options)
  if options and options.signal ~= nil then
    require("uvnet.base.abort").check(options.signal, "options.signal")
    require(SIGNAL).addAbortSignal(options.signal, self)
  end
end

local function read_nothing(self) self:read(0) end

--- Adds a listener. One for `data` has the data flow, unless `pause` was called; one for `readable` has it wait for
-- `read`.
-- @param event the event's name
-- @tparam function listener
-- @return the stream
function Readable:on(event, listener)
  add_listener(self, event, listener)
  if event == "data" or event == "readable" or event == "resume" then self:_listensFor(event) end
  return self
end

Readable.addListener = Readable.on

-- There is one more listener for `data`, `readable` or `resume`.
-- @local
function Readable:_listensFor(event)
  if event == "data" then
    self:_flowChanged()
    local rs = self._rs
    rs.dataListening = true
    if self:listenerCount("readable") > 0 then rs.readableListening = true end
    if rs.flowing ~= false then self:resume() end
  elseif event == "readable" then
    self:_flowChanged()
    local rs = self._rs
    if not rs.endEmitted and not rs.readableListening then
      rs.readableListening, rs.needReadable = true, true
      rs.flowing, rs.emittedReadable = false, nil
      if (rs.length or 0) > 0 then
        emit_readable(self, rs)
      else
        if rs.eofUnannounced then
          rs.eofUnannounced = nil
          emit_readable(self, rs)
        end
        if not rs.reading then later(read_nothing, self) end
      end
    end
  end
end

-- `readable` may have lost its listeners: in the next tick, for it may get one again at once.
local function update_listening(self)
  local rs = rawget(self, "_rs")
  if not rs then return end
  rs.readableListening = self:listenerCount("readable") > 0 or nil
  if rs.resumeScheduled and rs.paused == false then
    rs.flowing = true
  elseif rs.dataListening then
    self:resume()
  elseif not rs.readableListening then
    rs.flowing = nil
  end
end

--- Adds a listener before those that are there. As in Node, it does not have the data flow.
-- @param event the event's name
-- @tparam function listener
-- @return the stream
function Readable:prependListener(event, listener)
  EventEmitter.prependListener(self, event, listener)
  if event == "data" or event == "readable" then self:_flowChanged() end
  if event == "resume" then self:_listensFor(event) end
  return self
end

--- Removes a listener.
-- @param event the event's name
-- @tparam function listener
-- @return the stream
function Readable:removeListener(event, listener)
  if event == "data" then self:_flowChanged() end
  EventEmitter.removeListener(self, event, listener)
  if event == "readable" then
    later(update_listening, self)
  elseif event == "data" and self:listenerCount("data") == 0 then
    local rs = rawget(self, "_rs")
    if rs then rs.dataListening = nil end
  end
  return self
end

Readable.off = Readable.removeListener

--- Removes all listeners, or those of one event.
-- @param[opt] event the event's name
-- @return the stream
function Readable:removeAllListeners(event)
  if type(self) ~= "table" then errors._checkSelf(self, "emitter:removeAllListeners(event)") end
  if event == "data" or event == nil then self:_flowChanged() end
  EventEmitter.removeAllListeners(self, event)
  if event == "readable" or event == nil then later(update_listening, self) end
  return self
end

-- The flow is about to change, by a method or from outside: who listens, the encoding, whether it is paused or piped. A
-- class that takes a shortcut past the stream hears of all that here.
-- @local
function Readable._flowChanged() end

local setters = Readable.__setters

--- Can be set, as in Node: whether the stream says that it is readable.
function setters:readable(value) self._rs.readable = value and true or false end

function setters:readableFlowing(value)
  self:_flowChanged()
  self._rs.flowing = value
end

function setters:destroyed(value)
  self:_flowChanged()
  self._rs.destroyed = value and true or nil
end

--- Was the flow stopped?
-- @treturn boolean
function Readable:isPaused()
  if type(self) ~= "table" then errors._checkSelf(self, "stream:isPaused()") end
  local rs = peek_readable(self)
  return rs.paused == true or rs.flowing == false
end

function getters:readable()
  local rs = peek_readable(self)
  return rs.readable ~= false and not rs.destroyed and not rs.errorEmitted and not rs.endEmitted
end

function getters:readableAborted()
  local rs = peek_readable(self)
  return rs.readable ~= false and (rs.destroyed or rs.errored ~= nil) and not rs.endEmitted or false
end

function getters:readableDidRead() return peek_readable(self).dataEmitted or false end
function getters:readableHighWaterMark() return high_water(peek_readable(self)) end
function getters:readableFlowing() return peek_readable(self).flowing end
function getters:readableLength() return peek_readable(self).length or 0 end
function getters:readableObjectMode() return peek_readable(self).objectMode or false end
function getters:readableEncoding() return peek_readable(self).encoding end
function getters:readableEnded() return peek_readable(self).endEmitted or false end
function getters:destroyed() return peek_readable(self).destroyed or false end
function getters:closed() return peek_readable(self).closed or false end
function getters:errored() return peek_readable(self).errored end

methods.of_readable(Readable)

return Readable
