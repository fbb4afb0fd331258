--- `pipe` and `unpipe`: a Readable's data goes into a Writable, as fast as that takes it.
--
-- `rs.pipes` is the list of destinations. `rs.awaitDrain` is the one that the source waits for, or, once there has been
-- a second destination (`rs.manyAwaitDrain`), a set of them with their number in `count`.
--
-- Floor 3.

local class = require("uvnet.base.class")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local state = require("uvnet.stream.state")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local peek_readable, peek_writable = state.peek_readable, state.peek_writable

local pipe = {}

--- What `pipe` takes.
pipe.OPTIONS = strict.names("end")

local function index_of(list, value)
  for i = 1, #list do
    if list[i] == value then return i end
  end
end

local function new_set(first)
  local set = { count = 0, members = {} }
  if first then
    set.members[first] = true
    set.count = 1
  end
  return set
end

--- Data flows again: nobody is waited for.
function pipe.forget_drains(rs)
  if rs.manyAwaitDrain then
    rs.awaitDrain = new_set()
  elseif rs.awaitDrain then
    rs.awaitDrain = nil
  end
end

local function wait_for(rs, dest)
  local pipes = rs.pipes
  if #pipes == 1 and pipes[1] == dest then
    rs.awaitDrain = dest
    rs.manyAwaitDrain = nil
  elseif #pipes > 1 and index_of(pipes, dest) then
    local set = rs.awaitDrain
    if not set.members[dest] then
      set.members[dest] = true
      set.count = set.count + 1
    end
  end
end

local function wait_no_more(rs, dest)
  if rs.manyAwaitDrain then
    local set = rs.awaitDrain
    if set.members[dest] then
      set.members[dest] = nil
      set.count = set.count - 1
    end
    return set.count == 0
  end
  if rs.awaitDrain == dest then rs.awaitDrain = nil end
  return rs.awaitDrain == nil
end

-- Somebody has forgotten to call it.
local function is_class(value) return value.__instance ~= nil and class.of(value) == nil end

local function write_to(dest, chunk) return dest:write(chunk) end

--- Sends all data into a Writable, pausing while that has enough, and ends it at the end. A destination whose `write`
-- raises is destroyed with that error.
-- @param dest a Writable
-- @tparam[opt] table options `["end"] = false`: the destination is not ended
-- @return dest
function pipe.pipe(self, dest, options)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:pipe(destination)") end
  if type(dest) ~= "table" or is_class(dest) or not is_callable(dest.on) or not is_callable(dest.emit) then
    errors.throw("ERR_INVALID_ARG_TYPE", "destination", "Writable", dest)
  end
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  strict.check(options, pipe.OPTIONS)
  local rs = self._rs
  local pipes = rs.pipes
  if not pipes then
    pipes = {}
    rs.pipes = pipes
  end
  if #pipes == 1 and not rs.manyAwaitDrain then
    rs.manyAwaitDrain = true
    rs.awaitDrain = new_set(rs.awaitDrain)
  end
  pipes[#pipes + 1] = dest

  local on_drain, on_error, on_close, on_finish
  local cleaned_up = false

  local function unpipe() self:unpipe(dest) end
  local function on_end() dest:finish() end

  local function pause()
    -- Whoever is unpiped within his own write must not stop the source for good.
    if not cleaned_up then
      wait_for(self._rs, dest)
      self:pause()
    end
    if not on_drain then
      function on_drain()
        local now = self._rs
        if wait_no_more(now, dest) and now.dataListening then self:resume() end
      end
      dest:on("drain", on_drain)
    end
  end

  local function on_data(chunk)
    local ok, more = pcall(write_to, dest, chunk)
    if ok then
      if more == false then pause() end
    elseif dest.destroy then
      dest:destroy(destruction.as_error(more))
    else
      error(more, 0)
    end
  end

  local function cleanup(on_unpipe)
    dest:removeListener("close", on_close)
    dest:removeListener("finish", on_finish)
    if on_drain then dest:removeListener("drain", on_drain) end
    dest:removeListener("error", on_error)
    dest:removeListener("unpipe", on_unpipe)
    self:removeListener("end", on_end)
    self:removeListener("end", unpipe)
    self:removeListener("data", on_data)
    cleaned_up = true
    -- Its drain will not be heard any more.
    if on_drain and self._rs.awaitDrain then on_drain() end
  end

  local function on_unpipe(source, info)
    if source == self and info and info.hasUnpiped == false then
      info.hasUnpiped = true
      cleanup(on_unpipe)
    end
  end

  function on_error(err)
    unpipe()
    dest:removeListener("error", on_error)
    if dest:listenerCount("error") > 0 then return end
    local side = dest._isWritable and peek_writable(dest) or dest._isReadable and peek_readable(dest)
    if side and not side.errorEmitted then
      -- Somebody emitted it by hand.
      destruction.error_or_destroy(dest, err)
    else
      dest:emit("error", err)
    end
  end

  function on_close()
    dest:removeListener("finish", on_finish)
    unpipe()
  end

  function on_finish()
    dest:removeListener("close", on_close)
    unpipe()
  end

  local at_end = on_end
  -- What is the process's (its standard output) is not ended by one that was piped there.
  if options and options["end"] == false or rawget(dest, "_isStdio") then at_end = unpipe end
  if rs.endEmitted then
    ticks.later(at_end)
  else
    self:once("end", at_end)
  end
  dest:on("unpipe", on_unpipe)
  self:on("data", on_data)
  dest:prependListener("error", on_error)
  dest:once("close", on_close)
  dest:once("finish", on_finish)
  dest:emit("pipe", self)
  if dest.writableNeedDrain == true then
    pause()
  elseif not rs.flowing then
    self:resume()
  end
  return dest
end

--- Takes a destination off the pipe, or all of them.
-- @param[opt] dest
-- @return the stream
function pipe.unpipe(self, dest)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:unpipe(destination)") end
  self:_flowChanged()
  local rs = peek_readable(self)
  local pipes = rs.pipes
  if not pipes or #pipes == 0 then return self end
  if not dest then
    rs.pipes = nil
    self:pause()
    for i = 1, #pipes do
      pipes[i]:emit("unpipe", self, { hasUnpiped = false })
    end
    return self
  end
  local index = index_of(pipes, dest)
  if not index then return self end
  table.remove(pipes, index)
  if #pipes == 0 then self:pause() end
  dest:emit("unpipe", self, { hasUnpiped = false })
  return self
end

return pipe
