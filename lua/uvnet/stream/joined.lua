--- One Duplex in front of other streams: of a pair of them (`Duplex.from`), or of a chain (`compose`).
--
-- Floor 3.

local Duplex = require("uvnet.stream.duplex")
local abort = require("uvnet.base.abort")
local errors = require("uvnet.errors")
local finished = require("uvnet.stream.finished")
local kind = require("uvnet.stream.kind")
local pipeline = require("uvnet.stream.pipeline")

local joined = {}

--- Destroys a stream, or what merely is like one; with an AbortError if nobody says why, and it is not over.
-- @param stream
-- @tparam[opt] Error err
function joined.destroy(stream, err)
  if not stream or kind.is_destroyed(stream) then return end
  if not err and not kind.is_finished(stream) then err = abort.error() end
  kind.destroy(stream, err)
end

local destroy = joined.destroy

-- What waits for the inner streams: `drained`, `finished` and `closed` are callbacks; `over`: they have ended.
local function new_front(readable, writable, source, dest)
  local duplex = Duplex({
    readable = readable,
    writable = writable,
    readableObjectMode = source and source.readableObjectMode or false,
    writableObjectMode = dest and dest.writableObjectMode or false,
  })
  return duplex, { over = false }
end

local function take(front, name)
  local callback = front[name]
  if not callback then return end
  front[name] = nil
  callback()
end

local function conclude(duplex, front, err)
  local callback = front.closed
  front.closed, front.over = nil, true
  if callback then
    callback(err)
  elseif err then
    duplex:destroy(err)
  end
end

local function write_into(duplex, front, dest)
  function duplex._write(_, chunk, encoding, callback)
    if encoding == "buffer" then encoding = nil end
    if dest:write(chunk, encoding) then callback() else front.drained = callback end
  end
  function duplex._final(_, callback)
    front.finished = callback
    dest:finish()
  end
  dest:on("drain", function() take(front, "drained") end)
end

local function close_with(duplex, front, close)
  function duplex._destroy(_, err, callback)
    if not err and not front.over then err = abort.error() end
    front.drained, front.finished, front.readable = nil, nil, nil
    if front.over then
      close(err)
      callback(err)
    else
      front.closed = callback
      close(err)
    end
  end
end

--- Makes a Duplex that reads from one stream and writes to another.
-- @param source a Readable, or nil
-- @param dest a Writable, or nil
-- @treturn Duplex
function joined.pair(source, dest)
  local readable, writable = source ~= nil and kind.is_readable(source), dest ~= nil and kind.is_writable(dest)
  local duplex, front = new_front(readable or false, writable or false, source, dest)
  if writable then
    finished(dest, function(err)
      writable = false
      if err then destroy(source, err) end
      conclude(duplex, front, err)
    end)
    write_into(duplex, front, dest)
    dest:on("finish", function() take(front, "finished") end)
  end
  if readable then
    finished(source, function(err)
      readable = false
      if err then destroy(dest, err) end
      conclude(duplex, front, err)
    end)
    source:on("readable", function() take(front, "readable") end)
    source:on("end", function() duplex:push(nil) end)
    function duplex._read(self)
      repeat
        local chunk = source:read()
        if chunk == nil then
          front.readable = function() self:_read() end
          return
        end
      until not self:push(chunk)
    end
  end
  close_with(duplex, front, function(err)
    if front.over then return end
    if writable then destroy(dest, err) end
    if readable then destroy(source, err) end
  end)
  return duplex
end

local function check_ends(streams)
  for i = 1, #streams do
    local stream = streams[i]
    if kind.is_stream(stream) then
      local name = ("streams[%d]"):format(i - 1)
      if i < #streams and not kind.is_readable(stream) then
        errors.throw("ERR_INVALID_ARG_VALUE", name, stream, "must be readable")
      elseif i > 1 and not kind.is_writable(stream) then
        errors.throw("ERR_INVALID_ARG_VALUE", name, stream, "must be writable")
      end
    end
  end
end

--- Makes a Duplex of a chain: what is written goes into the first, what comes out of the last is read.
-- @tparam {stream,...} streams
-- @treturn Duplex
-- @raise ERR_INVALID_ARG_VALUE and what `pipeline` raises
function joined.chain(streams)
  check_ends(streams)
  local head, duplex, front = streams[1], nil, nil
  local readable, writable
  local tail = pipeline(streams, function(err)
    conclude(duplex, front, err)
    if not err and not readable and not writable then duplex:destroy() end
  end)
  readable, writable = kind.is_readable(tail) or false, kind.is_writable(head) or false
  duplex, front = new_front(readable, writable, tail, head)
  if writable then
    write_into(duplex, front, head)
    finished(tail, function() take(front, "finished") end)
  end
  if readable then
    function duplex._read() tail:resume() end
    tail:on("data", function(chunk)
      if not duplex:push(chunk) then tail:pause() end
    end)
    tail:on("end", function()
      duplex:push(nil)
      if rawget(tail, "_isSink") then
        rawset(duplex, "_isSink", true)
        duplex:read(0)
      end
    end)
  end
  close_with(duplex, front, function(err) destroy(tail, err) end)
  return duplex
end

return joined
