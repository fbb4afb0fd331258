--- The chunks on their way to `_write` and `_writev`: one at a time, the others wait.
--
-- Floor 3.

local after = require("uvnet.stream.after_write")
local errors = require("uvnet.errors")
local error_or_destroy = require("uvnet.stream.destroy").error_or_destroy
local high_water = require("uvnet.stream.state").high_water
local ticks = require("uvnet.runtime.ticks")

local queue = {}

local function drop_list(ws)
  ws.buffered, ws.bufferIndex, ws.bufferLast = nil, nil, nil
end

-- _write has called back. The stream may have got another state since (a socket that was connected again).
local function on_write(self, ws, err)
  if ws ~= self._ws then
    local callback = ws.writecb
    ws.writing, ws.writecb = nil, nil
    if callback then callback(err or errors.coded("ERR_STREAM_DESTROYED", "write")) end
    return
  end
  if not ws.writing then
    error_or_destroy(self, errors.coded("ERR_MULTIPLE_CALLBACK"))
    return
  end
  local callback, in_call = ws.writecb, ws.sync
  ws.writing, ws.writecb = nil, nil
  ws.length = ws.length - ws.writelen
  if err then
    if not ws.errored then ws.errored = err end
    if self._isReadable and not self._rs.errored then self._rs.errored = err end
    if in_call then
      ticks.nextTick(after.failed, self, ws, err, callback)
    else
      after.failed(self, ws, err, callback)
    end
    return
  end
  if ws.buffered and not ws.bufferProcessing then
    ws.settling = callback or true
    queue.clear(self, ws)
    ws.settling = nil
  end
  if in_call then
    after.succeeded_in_call(self, ws, callback)
  else
    after.after_write(self, ws, 1, callback)
  end
end

-- One function per stream, made when the first chunk does not go another way.
local function callback_of(self, ws)
  local callback = ws.onwrite
  if not callback then
    function callback(err) on_write(self, ws, err) end
    ws.onwrite = callback
  end
  return callback
end

local function begin_write(ws, length, callback)
  ws.writelen, ws.writecb = length, callback
  ws.writing, ws.sync = true, true
end

--- For a class whose `write` takes another way than `_write`: notes that so much is being written already. Nothing
-- else may be. Returns what to call back, and whether more may be written.
function queue.begin_outside(self, ws, length)
  ws.pendingcb = (ws.pendingcb or 0) + 1
  ws.length = length
  begin_write(ws, length)
  ws.sync = nil
  local enough = length >= high_water(ws)
  if enough then ws.needDrain = true end
  return callback_of(self, ws), not enough
end

-- Takes all entries off the list and writes them as one.
local function write_together(self, ws, first, last)
  local entries = ws.buffered
  if first > 1 then
    entries = {}
    for i = first, last do
      entries[#entries + 1] = ws.buffered[i]
    end
  end
  entries.allBuffers = true
  local callback
  for i = 1, #entries do
    if entries[i].callback then callback = true end
    if entries[i].encoding ~= "buffer" then entries.allBuffers = false end
  end
  ws.pendingcb = ws.pendingcb - (#entries - 1)
  -- An empty list, not none: nothing finishes while this is on the stack.
  ws.buffered, ws.bufferIndex, ws.bufferLast = {}, 1, 0
  begin_write(ws, ws.length, callback and after.callback_of_all(ws, entries))
  self:_writev(entries, callback_of(self, ws))
  ws.sync = nil
end

local function write_first(self, ws)
  local at = ws.bufferIndex
  local entry = ws.buffered[at]
  ws.buffered[at] = nil
  ws.bufferIndex = at + 1
  begin_write(ws, entry.length, entry.callback)
  if ws.destroyed then
    on_write(self, ws, errors.coded("ERR_STREAM_DESTROYED", "write"))
  else
    self:_write(entry.chunk, entry.encoding, callback_of(self, ws))
  end
  ws.sync = nil
end

-- If `_write` raised in the midst of `clear`, or a listener within it: takes up what was left, the rest of the queue
-- and what follows the write that had just succeeded.
local function check(self, ws)
  ws.clearGuarded = nil
  if not ws.bufferProcessing then return end
  ws.bufferProcessing, ws.sync = nil, nil
  local settling = ws.settling
  ws.settling = nil
  if ws.buffered and ws.bufferLast < ws.bufferIndex then drop_list(ws) end
  if not ws.writing then queue.clear(self, ws) end
  if settling then after.after_write(self, ws, 1, settling ~= true and settling or nil) end
end

--- Writes what waits, together or one by one as long as that is done at once.
function queue.clear(self, ws)
  if not ws.buffered or ws.destroyed or ws.bufferProcessing or ws.constructing or ws.corked then return end
  local first, last = ws.bufferIndex, ws.bufferLast
  if last < first then return end
  ws.bufferProcessing = true
  if not ws.clearGuarded then
    ws.clearGuarded = true
    ticks.later(check, self, ws)
  end
  if last > first and self._writev then
    write_together(self, ws, first, last)
  else
    repeat
      write_first(self, ws)
    until ws.writing or ws.bufferLast < ws.bufferIndex
  end
  if ws.buffered and ws.bufferLast < ws.bufferIndex then drop_list(ws) end
  ws.bufferProcessing = nil
end

--- What waits is a copy of a list: the list is its owner's to change.
function queue.own(chunk)
  if type(chunk) ~= "table" then return chunk end
  local result = {}
  for i = 1, #chunk do
    result[i] = chunk[i]
  end
  return result
end

--- Takes a chunk that is to be written, or leaves it to wait.
-- @treturn boolean may more be written?
function queue.write(self, ws, chunk, encoding, callback, size)
  local length = (ws.length or 0) + size
  ws.length = length
  if ws.writing or ws.errored or ws.constructing or ws.corked then
    if not ws.buffered then
      ws.buffered, ws.bufferIndex, ws.bufferLast = {}, 1, 0
    end
    local last = ws.bufferLast + 1
    if self._listsAllowed then chunk = queue.own(chunk) end
    ws.buffered[last] = { chunk = chunk, encoding = encoding, callback = callback, length = size }
    ws.bufferLast = last
  else
    begin_write(ws, size, callback)
    self:_write(chunk, encoding, callback_of(self, ws))
    ws.sync = nil
    length = ws.length
  end
  local enough = length >= high_water(ws) and length > 0
  if enough then ws.needDrain = true end
  return not enough and not ws.destroyed and not ws.errored
end

return queue
