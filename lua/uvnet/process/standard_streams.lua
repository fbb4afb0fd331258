--- Standard input, output and error as streams: of a pipe, a socket, a file or a terminal.
--
-- They belong to the process: what closes the stream leaves the descriptor open.
--
-- Floor 10.

local Socket = require("uvnet.net.socket")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local stream = require("uvnet.stream")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local standard = {}

-- ---- terminals ----

--- A terminal that is read.
local ReadStream = Socket:extend("ReadStream")
ReadStream.isTTY = true
ReadStream.isRaw = false

--- A terminal that is written to.
local WriteStream = Socket:extend("WriteStream")
WriteStream.isTTY = true

standard.ReadStream, standard.WriteStream = ReadStream, WriteStream

local function open_terminal(fd)
  local handle, code, errno = core.tty(fd)
  if not handle then error(errors.system("uv_tty_init", code, errno), 0) end
  return handle
end

function ReadStream:initialize(fd)
  Socket.initialize(self, { handle = open_terminal(fd), readable = true, writable = false, manualStart = true })
end

--- Are keys given as they are typed, unchanged and without an echo?
-- @tparam boolean mode
-- @treturn ReadStream itself
function ReadStream:setRawMode(mode)
  local handle = self._handle
  if not handle then return self end
  local ok, code, errno = handle:setRawMode(mode and true or false)
  if not ok then
    self:emit("error", errors.system("setRawMode", code, errno))
    return self
  end
  self.isRaw = mode and true or false
  return self
end

function WriteStream:initialize(fd)
  Socket.initialize(self, { handle = open_terminal(fd), readable = false, writable = true })
  local columns, rows = self._handle:windowSize()
  if columns then
    self.columns, self.rows = columns, rows
  end
end

--- Looks how large the terminal is now; emits `resize` if that has changed.
-- @local
function WriteStream:_refreshSize()
  local handle = self._handle
  if not handle then return end
  local columns, rows, errno = handle:windowSize()
  if not columns then
    self:emit("error", errors.system("getWindowSize", rows, errno))
  elseif columns ~= self.columns or rows ~= self.rows then
    self.columns, self.rows = columns, rows
    self:emit("resize")
  end
end

--- How large it is: `{ columns, rows }`.
function WriteStream:getWindowSize() return { self.columns, self.rows } end

-- ---- files ----

--- A file that is read, a piece in each turn of the loop.
local FileReader = stream.Readable:extend("FileReader")

function FileReader:initialize(fd)
  stream.Readable.initialize(self)
  self.fd = fd
end

function FileReader:_read()
  timers.setImmediate(function()
    if self.destroyed then return end
    local chunk, code, errno = core.readFile(self.fd)
    if not chunk then
      self:destroy(errors.system("read", code, errno))
    elseif chunk == "" then
      self:push(nil)
    else
      self:push(chunk)
    end
  end)
end

--- A file that is written: what `write` got is there when it returns.
local FileWriter = stream.Writable:extend("FileWriter")

function FileWriter:initialize(fd)
  stream.Writable.initialize(self)
  self.fd = fd
end

function FileWriter:_write(chunk, _, callback)
  local text = type(chunk) == "table" and table.concat(chunk) or chunk
  local ok, code, errno = core.writeFile(self.fd, text)
  if ok then
    callback()
  else
    callback(errors.system("write", code, errno))
  end
end

-- ---- the three ----

local function is_stream(kind) return kind == "PIPE" or kind == "TCP" end

-- A stream of its own that shares the descriptor with a channel that sits there cannot be.
local function check_channel(process, fd)
  local channel = rawget(process, "_channel")
  if channel and channel.fd == fd then
    error(errors("The channel to the parent has this descriptor", { code = "ERR_INVALID_STATE" }), 0)
  end
end

-- Ended or destroyed, it stays the process's.
local function keep_open(self, err, callback)
  callback(err)
  ticks.later(function() self:emit("close") end)
end

--- Standard output (1) or error (2).
function standard.output(process, fd)
  local kind = core.fdType(fd)
  local result
  if kind == "TTY" then
    result = WriteStream(fd)
    process:on("SIGWINCH", function() result:_refreshSize() end)
  elseif is_stream(kind) then
    check_channel(process, fd)
    result = Socket({ fd = fd, readable = false, writable = true })
  elseif kind == "FILE" then
    result = FileWriter(fd)
  else
    result = stream.Writable({ write = function(_, _, callback) callback() end })
    function result._write(_, _, _, callback) callback() end
  end
  rawset(result, "fd", fd)
  rawset(result, "_isStdio", true)
  result._destroy = keep_open
  result.destroySoon = result.destroy
  return result
end

-- A paused stream does not read on: what is typed or sent next is another program's, and the loop may end.
local function stop_reading(self)
  local handle = rawget(self, "_handle")
  if not handle or self.readableFlowing then return end
  self._rs.reading = false
  handle:readStop()
end

--- Standard input.
function standard.input(process)
  local fd = 0
  local kind = core.fdType(fd)
  local result
  if kind == "TTY" then
    result = ReadStream(fd)
  elseif is_stream(kind) then
    check_channel(process, fd)
    result = Socket({ fd = fd, readable = true, writable = false, manualStart = true })
  elseif kind == "FILE" then
    result = FileReader(fd)
  else
    result = stream.Readable()
    result:push(nil)
  end
  rawset(result, "fd", fd)
  if rawget(result, "_handle") then
    result:on("pause", function() ticks.later(stop_reading, result) end)
  end
  return result
end

return standard
