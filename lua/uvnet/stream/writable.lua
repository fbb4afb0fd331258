--- Writable: what data is written to.
--
-- The class is read in four files: this one; write_queue.lua, what waits to be written; after_write.lua, what follows a
-- write, and the end; destroy.lua, which both sides share.
--
-- Whoever makes a Writable gives it a `_write(chunk, encoding, callback)`, which is called for one chunk at a time;
-- what comes meanwhile waits. With a `_writev(entries, callback)` all that waits is written at once.
-- `_final(callback)` is called before `finish`.
--
-- Fields of `_ws` (see state.lua for how they are kept): `length` counts bytes, or objects, that `_write` has not
-- called back for. `writing`: it is at one; `writelen`, `writecb` belong to that one. `sync`: it is on the stack.
-- `buffered` is the list of what waits, from `bufferIndex` to `bufferLast`. `ending`: `finish` was called, `ended`: and
-- has returned, `finished`: all is written. What follows a write is in after_write.lua.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")
local after = require("uvnet.stream.after_write")
local class = require("uvnet.base.class")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local methods = require("uvnet.stream.methods")
local prepare_chunk = require("uvnet.stream.chunk")
local queue = require("uvnet.stream.write_queue")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local text = require("uvnet.stream.text")
local ticks = require("uvnet.runtime.ticks")
local waiters = require("uvnet.stream.waiters")

local later, nextTick = ticks.later, ticks.nextTick
local high_water, peek_writable = state.high_water, state.peek_writable
local error_or_destroy = destruction.error_or_destroy
local finish_maybe = after.finish_maybe

local Writable = EventEmitter:extend("Writable")

Writable._isWritable = true

-- See `net.strict`.
Writable.knownOptions = strict.names([[
  highWaterMark objectMode decodeStrings defaultEncoding emitClose autoDestroy signal write writev final destroy
  construct
]])

-- What the task of a listener has raised, if it captures that.
Writable[EventEmitter.captureRejectionSymbol] = function(self, err) self:destroy(err) end

local getters = Writable.__getters

function getters:_ws()
  local ws = {}
  rawset(self, "_ws", ws)
  return ws
end

-- Loaded when it is first asked for.
local SIGNAL = "uvnet.stream.signal"

-- Which option is which method.
local METHODS = {
  write = "_write",
  writev = "_writev",
  final = "_final",
  destroy = "_destroy",
  construct = "_construct",
}

--- Takes the options of the writable side; shared with Duplex.
-- @local
function Writable:_configureWritable(options, is_duplex)
  if options or state.defaults_changed() then
    options = options or {}
    local ws = self._ws
    local object_mode = is_duplex and options.writableObjectMode
    state.configure(ws, options, is_duplex and "writableHighWaterMark" or nil, object_mode)
    if options.decodeStrings == false then ws.decodeStrings = false end
    if options.defaultEncoding ~= nil then
      local name = text.name(options.defaultEncoding)
      if name ~= "utf8" then ws.defaultEncoding = name end
    end
    for option, method in pairs(METHODS) do
      if type(options[option]) == "function" then self[method] = options[option] end
    end
  end
end

--- Makes a Writable: `Writable([options])`.
-- @tparam[opt] table options `highWaterMark` (bytes or objects), `objectMode`, `decodeStrings`, `defaultEncoding`,
--   `emitClose`, `autoDestroy`, `signal` (an AbortSignal that destroys it), and in place of methods `write`, `writev`,
--   `final`, `destroy`, `construct`: called with the stream first
-- @raise ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING
function Writable:initialize(options)
  if options ~= nil then
    strict.check_constructor(self, options)
    EventEmitter.initialize(self, options)
  end
  self:_configureWritable(options, false)
  if options and options.signal ~= nil then
    require("uvnet.base.abort").check(options.signal, "options.signal")
    require(SIGNAL).addAbortSignal(options.signal, self)
  end
  destruction.construct(self)
end

-- Returns whether more may be written, or nil and why the chunk was refused.
local function write(self, chunk, encoding, callback)
  if chunk == nil and self._ws.objectMode then errors.throw("ERR_STREAM_NULL_VALUES") end
  local ws = self._ws
  local size
  chunk, encoding, size = prepare_chunk(self, ws, chunk, encoding)
  local err
  if ws.ending then
    err = errors.coded("ERR_STREAM_WRITE_AFTER_END")
  elseif ws.destroyed then
    err = errors.coded("ERR_STREAM_DESTROYED", "write")
  end
  if err then
    if callback then nextTick(callback, err) end
    error_or_destroy(self, err, true)
    return nil, err
  end
  ws.pendingcb = (ws.pendingcb or 0) + 1
  return queue.write(self, ws, chunk, encoding, callback, size)
end

--- Writes a chunk.
-- @tparam string|{string,...} chunk bytes, or a list that is written in one go; in object mode, any value but nil
-- @tparam[opt="utf8"] string encoding what the text is turned into: with utf8 the bytes go as they are
-- @tparam[opt] function callback called with an error or nil, when the chunk has been written
-- @treturn boolean false if it would be better to wait for `drain` before writing more
-- @raise ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES, ERR_UNKNOWN_ENCODING
function Writable:write(chunk, encoding, callback)
  if type(encoding) == "function" then
    callback, encoding = encoding, nil
  elseif type(callback) ~= "function" then
    callback = nil
  end
  return write(self, chunk, encoding, callback) == true
end

--- Has all that is written from now on wait until `uncork`, or `finish`. Counts: each needs its `uncork`.
function Writable:cork()
  if type(self) ~= "table" then errors._checkSelf(self, "stream:cork()") end
  local ws = self._ws
  ws.corked = (ws.corked or 0) + 1
  self:_queueChanged()
end

--- Undoes one `cork`; the last one writes what waits.
function Writable:uncork()
  if type(self) ~= "table" then errors._checkSelf(self, "stream:uncork()") end
  local ws = self._ws
  local corked = ws.corked or 0
  if corked == 0 then return end
  ws.corked = corked > 1 and corked - 1 or nil
  if not ws.writing then queue.clear(self, ws) end
  self:_queueChanged()
end

--- Sets the encoding of text that is written without one.
-- @tparam string encoding
-- @return the stream
-- @raise ERR_UNKNOWN_ENCODING
function Writable:setDefaultEncoding(encoding)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:setDefaultEncoding(encoding)") end
  local name = text.name(encoding)
  self._ws.defaultEncoding = name ~= "utf8" and name or nil
  self:_queueChanged()
  return self
end

--- Writes one chunk. To be overridden.
-- @tparam string chunk
-- @tparam string encoding `"buffer"`, for bytes
-- @tparam function callback to be called with an error or nil, once
function Writable:_write(chunk, encoding, callback)
  if not self._writev then errors.throw("ERR_METHOD_NOT_IMPLEMENTED", "_write()") end
  self:_writev({ { chunk = chunk, encoding = encoding } }, callback)
end

--- Ends the stream: what waits is still written, then `finish` is emitted. It is Node's `end`.
-- @tparam[opt] string|{string,...} chunk to be written first
-- @tparam[opt] string encoding
-- @tparam[opt] function callback called with an error or nil, when all has been written
-- @return the stream
-- @raise ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING
function Writable:finish(chunk, encoding, callback)
  if type(chunk) == "function" then
    callback, chunk, encoding = chunk, nil, nil
  elseif type(encoding) == "function" then
    callback, encoding = encoding, nil
  end
  local ws = self._ws
  local err
  if chunk ~= nil then
    local _, refused = write(self, chunk, encoding)
    err = refused
  end
  if ws.corked then
    ws.corked = 1
    self:uncork()
  end
  if not err then
    if not ws.ending and not ws.errored then
      ws.ending = true
      self:_queueChanged()
      finish_maybe(self, ws, true)
      ws.ended = true
    elseif ws.finished then
      err = errors.coded("ERR_STREAM_ALREADY_FINISHED", "end")
    elseif ws.destroyed then
      err = errors.coded("ERR_STREAM_DESTROYED", "end")
    end
  end
  if type(callback) == "function" then
    if err or ws.errored then
      nextTick(callback, err or ws.errored)
    elseif ws.finished then
      nextTick(callback, nil)
    else
      local list = ws.onFinished
      if not list then
        list = { done = 0 }
        ws.onFinished = list
      end
      list[#list + 1] = callback
    end
  end
  return self
end

--- The same as `finish`, under Node's name: `stream["end"](stream, …)`.
-- @function end
Writable["end"] = Writable.finish

--- Has `end` of a class be what its `finish` is: who overrides one of the two overrides both.
-- @local
function Writable._joinNames(writable_class)
  class.watch(writable_class, "finish", function(changed, value, old)
    if changed["end"] == old then changed["end"] = value end
  end, function(self, value) rawset(self, "end", value) end)
end
Writable:_joinNames()

--- Ends the stream at once: what waits is not written. `error`, if there is a reason, and `close` follow.
-- @tparam[opt] Error err the reason
-- @param[opt] callback
-- @return the stream
function Writable:destroy(err, callback)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:destroy()") end
  local ws = self._ws
  if not ws.destroyed and (ws.buffered or ws.onFinished) then later(after.fail_waiting, self, ws) end
  return destruction.destroy(self, err, callback)
end

--- Gives back what the stream holds, then calls back. To be overridden.
-- @function _destroy
-- @tparam ?Error err why the stream is destroyed
-- @tparam function callback
Writable._destroy = destruction.default
Writable._undestroy = destruction.undestroy

--- `_construct` has called back.
-- @local
function Writable:_constructed()
  local ws = self._ws
  if not ws.writing then queue.clear(self, ws) end
  if ws.ending then finish_maybe(self, ws) end
end

--- Reports an error: a Writable has no data to pipe.
function Writable:pipe() error_or_destroy(self, errors.coded("ERR_STREAM_CANNOT_PIPE")) end

--- For a class whose `write` takes another way than `_write`: calls a callback in a tick, as that of a write which
-- succeeded at once, in order with the others. Until then the stream does not finish.
-- @local
function Writable:_queueWriteCallback(callback)
  local ws = self._ws
  ws.pendingcb = (ws.pendingcb or 0) + 1
  after.succeeded_in_call(self, ws, callback)
end

--- For such a class: notes that `write` returned false, so that `drain` has to follow.
-- @local
function Writable:_needDrain() self._ws.needDrain = true end

--- For such a class: emits `drain` if it is waited for and nothing is left to be written.
-- @local
function Writable:_drain()
  local ws = peek_writable(self)
  if ws.needDrain and not ws.ending and not ws.destroyed and (ws.length or 0) == 0 then
    ws.needDrain = nil
    waiters.tell_writer(self)
    self:emit("drain")
  end
end

-- What stands between a write and `_write` has changed: corks, the default encoding, the end. A class that takes a
-- shortcut past the stream hears of all that here.
-- @local
function Writable._queueChanged() end

local setters = Writable.__setters

--- Can be set, as in Node: whether the stream says that it is writable.
function setters:writable(value) self._ws.writable = value and true or false end

function setters:destroyed(value)
  self._ws.destroyed = value and true or nil
  self:_queueChanged()
end

function getters:writable()
  local ws = peek_writable(self)
  return ws.writable ~= false and not ws.ending and not ws.ended and not ws.destroyed and not ws.errored
end

function getters:writableAborted()
  local ws = peek_writable(self)
  return ws.writable ~= false and (ws.destroyed or ws.errored ~= nil) and not ws.finished or false
end

function getters:writableNeedDrain()
  local ws = peek_writable(self)
  return ws.needDrain and not ws.ending and not ws.destroyed or false
end

function getters:writableLength() return peek_writable(self).length or 0 end
function getters:writableHighWaterMark() return high_water(peek_writable(self)) end
function getters:writableEnded() return peek_writable(self).ending or false end
function getters:writableFinished() return peek_writable(self).finished or false end
function getters:writableCorked() return peek_writable(self).corked or 0 end
function getters:writableObjectMode() return peek_writable(self).objectMode or false end
function getters:destroyed() return peek_writable(self).destroyed or false end
function getters:closed() return peek_writable(self).closed or false end
function getters:errored() return peek_writable(self).errored end

local function nothing() end

--- On Lua 5.4, `local stream <close> = …` destroys it at the block's end: with an AbortError, which nobody has to
-- listen for, if it has not finished by then.
function Writable.__instance.__close(self)
  if self.destroyed then return end
  self:on("error", nothing)
  self:destroy(not self.writableFinished and errors.coded("ABORT_ERR") or nil)
end

methods.of_writable(Writable)

return Writable
