--- Node's `child_process`: other programs, and what is said to them.
--
-- Floor 12.
-- @module net.child_process

local Channel = require("uvnet.process.channel")
local EventEmitter = require("uvnet.events")
local Socket = require("uvnet.net.socket")
local abort = require("uvnet.base.abort")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local interpreter = require("uvnet.process.interpreter")
local is_callable = require("uvnet.base.callable")
local messaging = require("uvnet.process.messaging")
local signals = require("uvnet.process.signals")
local spawn_options = require("uvnet.process.spawn_options")
local strict = require("uvnet.base.strict")
local text = require("uvnet.stream.text")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local child_process = {}

-- ---- ChildProcess ----

--- A program that was started.
-- @type ChildProcess
local ChildProcess = EventEmitter:extend("ChildProcess")
child_process.ChildProcess = ChildProcess

--- Has `kill` sent it a signal?
ChildProcess.killed = false
ChildProcess._closesNeeded = 1
ChildProcess._closesGot = 0

function ChildProcess:initialize() EventEmitter.initialize(self) end

local getters = ChildProcess.__getters

--- Is there a channel to it?
getters.connected = messaging.connected
getters.channel = messaging.channel

local function maybe_close(self)
  self._closesGot = self._closesGot + 1
  if self._closesGot == self._closesNeeded then self:emit("close", self.exitCode, self.signalCode) end
end

-- So that what nobody reads comes to its end, too.
local function flush(self)
  for i = 1, rawget(self, "_stdioCount") or 0 do
    local stream = self.stdio[i]
    if stream and stream.readable then stream:resume() end
  end
end

local function spawn_error(self, code, errno)
  local file = self.spawnfile
  local err = errors.system("spawn " .. file, code, errno)
  err.path = file
  err.spawnargs = {}
  for i = 2, #self.spawnargs do
    err.spawnargs[i - 1] = self.spawnargs[i]
  end
  return err
end

local function ended(self, err)
  local handle = rawget(self, "_process")
  self._process = nil
  if rawget(self, "_forget") then self._forget() end
  if self.stdin then self.stdin:destroy() end
  if handle then handle:close() end
  -- What follows is to come whatever the listeners raise.
  ticks.later(flush, self)
  ticks.later(maybe_close, self)
  if err then
    self:emit("error", err)
  else
    self:emit("exit", self.exitCode, self.signalCode)
  end
end

--- The child has ended.
function ChildProcess:_onexit(status, signal)
  if signal ~= 0 then
    self.signalCode = signals.name(signal) or signal
  else
    self.exitCode = status
  end
  ended(self)
end

--- Its channel has been closed by the other side.
function ChildProcess:_channelClosed() maybe_close(self) end

local function emit_spawn(self) self:emit("spawn") end

-- What `options.stdio` asked for: of each pipe the parent's end, as a socket.
local function open_streams(self, entries, is_running)
  self.stdio, self._stdioCount = {}, #entries
  for i, entry in ipairs(entries) do
    if entry.kind == "pipe" then
      local socket = Socket({ handle = is_running and entry.handle or nil, readable = i > 1, writable = true })
      self.stdio[i] = socket
      if not is_running then entry.handle:close() end
      if i > 1 and is_running then
        self._closesNeeded = self._closesNeeded + 1
        socket:on("close", function() maybe_close(self) end)
      end
    elseif entry.kind == "wrap" and is_running and type(entry.stream) == "table" and entry.stream.pause then
      -- The child reads it from now on.
      entry.stream:pause()
      entry.handle:readStop()
    elseif entry.kind == "ipc" and not is_running then
      entry.handle:close()
    end
  end
  self.stdin, self.stdout, self.stderr = self.stdio[1], self.stdio[2], self.stdio[3]
end

local function give_kept(self) self._channel:giveKept() end

local LATER = { EACCES = true, EAGAIN = true, EMFILE = true, ENFILE = true, ENOENT = true }

-- What tells the child of its channel.
local function channel_environment(options, entries)
  for i, entry in ipairs(entries) do
    if entry.kind == "ipc" then
      local mode = options.serialization or (interpreter.isLua(options.file) and "advanced" or "json")
      -- Ours: it says that the form is that of two Luas, and how long messages may be.
      local is_ours = mode == "advanced" or options.maxMessage
      return entry, mode, {
        NODE_CHANNEL_FD = tostring(i - 1),
        NODE_CHANNEL_SERIALIZATION_MODE = mode,
        UVNET_CHANNEL = is_ours and ("%.0f"):format(options.maxMessage or 0) or nil,
      }
    end
  end
end

local function start(self, options)
  local entries = spawn_options.stdio(options.stdio)
  local ipc, mode, more = channel_environment(options, entries)
  self.spawnfile, self.spawnargs = options.file, options.args
  local stdio = {}
  for i, entry in ipairs(entries) do
    stdio[i] = entry.core
  end
  local ok, handle, code, errno = pcall(function()
    options.stdio = stdio
    options.env = spawn_options.environment(options.env, more)
    return core.process(options, self)
  end)
  if not ok then
    spawn_options.closePipes(entries)
    error(handle, 0)
  end
  if not handle then
    if not LATER[code] then
      spawn_options.closePipes(entries)
      error(errors.system("spawn", code, errno), 0)
    end
    self.exitCode = errno
    if code == "EMFILE" or code == "ENFILE" then
      spawn_options.closePipes(entries)
    else
      open_streams(self, entries, false)
    end
    ticks.later(ended, self, spawn_error(self, code, errno))
    return
  end
  self._process = handle
  self.pid = handle:pid()
  ticks.later(emit_spawn, self)
  open_streams(self, entries, true)
  if ipc then
    self._closesNeeded = self._closesNeeded + 1
    self._channel = Channel(self, ipc.handle, mode, options.maxMessage)
    self:on("newListener", function() ticks.later(give_kept, self) end)
  end
end

--- Sends it a signal.
-- @tparam[opt="SIGTERM"] string|integer signal 0 only looks whether it is there
-- @treturn boolean whether it got it
-- @raise ERR_UNKNOWN_SIGNAL
function ChildProcess:kill(signal)
  local number = signals.number(signal == nil and "SIGTERM" or signal)
  local handle = rawget(self, "_process")
  if not handle then return false end
  local ok, code, errno = handle:kill(number)
  if ok then
    self.killed = true
    return true
  end
  if code == "EINVAL" or code == "ENOSYS" then error(errors.system("kill", code, errno), 0) end
  if code ~= "ESRCH" then self:emit("error", errors.system("kill", code, errno)) end
  return false
end

--- On Lua 5.4, `local child <close> = …` ends it at the block's end.
function ChildProcess.__instance.__close(self)
  if not self.killed then self:kill() end
end

--- Sends it a message: `send(message[, handle[, options]][, callback])`.
-- @param message what the serialization takes
-- @tparam[opt] net.Socket|net.Server handle goes with it
-- @tparam[opt] table options `keepOpen`: a socket stays open here, too
-- @tparam[opt] function callback gets an Error, or nil once it is written
-- @treturn boolean false: much waits to be written, better wait
function ChildProcess:send(...)
  return messaging.send(self, select("#", ...), ...)
end

--- Closes the channel, once what was sent is out.
function ChildProcess:disconnect() messaging.disconnect(self) end

--- Has it keep `net.run` running (again), as it does from the start.
function ChildProcess:ref()
  if rawget(self, "_process") then self._process:ref() end
end

--- Has it keep `net.run` running no longer.
function ChildProcess:unref()
  if rawget(self, "_process") then self._process:unref() end
end

function ChildProcess:_describe()
  local what = ("%s, pid %s"):format(tostring(self.spawnfile), tostring(self.pid))
  if rawget(self, "_process") then return what end
  return what .. ", ended"
end

--- @section end

-- ---- spawn ----

local function watch_abort(child, options)
  local signal = options.signal
  if not signal then return end
  local function on_abort()
    local ok, killed = pcall(child.kill, child, options.killSignal)
    if not ok then
      child:emit("error", killed)
    elseif killed then
      child:emit("error", abort.error(signal))
    end
  end
  if signal.aborted then
    ticks.nextTick(on_abort)
  else
    child:once("exit", abort.watch(signal, on_abort))
  end
end

--- Starts a program: `spawn(file[, args][, options])`.
-- @tparam string file
-- @tparam[opt] {string,...} args
-- @tparam[opt] table options `cwd`, `env`, `argv0`, `stdio`, `detached`, `uid`, `gid`, `serialization`, `maxMessage`,
--   `windowsHide`, `signal`, `timeout`, `killSignal`, `shell`
-- @treturn ChildProcess
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL, ERR_IPC_ONE_PIPE, a system
--   error of `spawn`
function child_process.spawn(file, args, options)
  local given = spawn_options.normalize(file, args, options)
  local child = ChildProcess()
  start(child, given)
  if given.timeout and given.timeout > 0 then
    local timer = timers.setTimeout(function()
      local ok, err = pcall(child.kill, child, given.killSignal)
      if not ok then child:emit("error", err) end
    end, given.timeout)
    child._forget = function() timers.clearTimeout(timer) end
  end
  watch_abort(child, given)
  return child
end

local FORK_OPTIONS = strict.names("execPath execArgv silent", spawn_options.KNOWN)

--- Runs a Lua script with the interpreter that runs now, and a channel to it: `fork(script[, args][, options])`.
-- @tparam string script
-- @tparam[opt] {string,...} args
-- @tparam[opt] table options those of `spawn`, and `execPath`, `execArgv`, `silent`
-- @treturn ChildProcess
-- @raise what `spawn` raises; ERR_CHILD_PROCESS_IPC_REQUIRED
function child_process.fork(script, args, options)
  spawn_options.checkText(script, "modulePath")
  args, options = spawn_options.tellApart(args, options, "Array")
  strict.check(options, FORK_OPTIONS)
  options = options or {}
  local given = {}
  for key in pairs(spawn_options.KNOWN) do
    given[key] = options[key]
  end
  given.shell = nil
  local path = options.execPath or interpreter.path()
  spawn_options.checkText(path, "options.execPath")
  local words = {}
  for i, word in ipairs(options.execArgv or (options.execPath == nil and interpreter.arguments() or {})) do
    words[i] = spawn_options.checkText(word, "options.execArgv")
  end
  words[#words + 1] = given.cwd and interpreter.fromHere(script) or script
  for _, word in ipairs(args or {}) do
    words[#words + 1] = word
  end
  if type(given.stdio) == "string" then
    given.stdio = spawn_options.words(given.stdio, "ipc")
  elseif type(given.stdio) ~= "table" then
    given.stdio = spawn_options.words(options.silent and "pipe" or "inherit", "ipc")
  else
    local has_channel = false
    for _, one in pairs(given.stdio) do
      if one == "ipc" then has_channel = true end
    end
    if not has_channel then errors.throw("ERR_CHILD_PROCESS_IPC_REQUIRED", "options.stdio") end
  end
  return child_process.spawn(path, words, given)
end

-- ---- execFile and exec ----

local MAX_BUFFER = 1024 * 1024

-- Collects what comes, up to a limit; says when that is passed.
local function collect(stream, name, limit, encoding, on_limit)
  local parts, size = {}, 0
  if not stream then return function() return "" end end
  if encoding then stream:setEncoding(encoding) end
  stream:on("data", function(chunk)
    if size > limit then return end
    size = size + #chunk
    if size > limit then
      parts[#parts + 1] = chunk:sub(1, math.floor(#chunk - (size - limit)))
      on_limit(errors.coded("ERR_CHILD_PROCESS_STDIO_MAXBUFFER", name))
    else
      parts[#parts + 1] = chunk
    end
  end)
  return function() return table.concat(parts) end
end

local function exec_arguments(args, options, callback)
  if is_callable(args) then
    args, options, callback = nil, nil, args
  elseif type(args) == "table" and #args == 0 and next(args) ~= nil and (options == nil or is_callable(options)) then
    args, options, callback = nil, args, options
  elseif is_callable(options) then
    options, callback = nil, options
  end
  if args ~= nil and type(args) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "args", "object", args) end
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  if callback ~= nil and not is_callable(callback) then
    errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
  end
  return args, options or {}, callback
end

local PASSED = {
  "cwd", "env", "argv0", "uid", "gid", "shell", "signal", "windowsHide", "windowsVerbatimArguments",
}

local EXEC_OPTIONS = strict.names("maxBuffer timeout killSignal encoding " .. table.concat(PASSED, " "))

local function command_failed(command, code, signal, stderr, killed)
  return errors(("Command failed: %s\n%s"):format(command, stderr), {
    code = code,
    killed = killed,
    signal = signal,
  })
end

local function exec(file, args, options, callback, command)
  strict.check(options, EXEC_OPTIONS)
  local limit = options.maxBuffer == nil and MAX_BUFFER or options.maxBuffer
  if type(limit) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "options.maxBuffer", "number", limit) end
  if not (limit >= 0) then errors.throw("ERR_OUT_OF_RANGE", "options.maxBuffer", "a positive number", limit) end
  local timeout = spawn_options.checkTimeout(options.timeout)
  local kill_signal = options.killSignal ~= nil and signals.number(options.killSignal) or "SIGTERM"
  local encoding = options.encoding
  if encoding == "buffer" or encoding == "utf8" then encoding = nil end
  if encoding ~= nil then text.name(encoding) end -- before anything is started
  local given = {}
  for _, field in ipairs(PASSED) do
    given[field] = options[field]
  end
  local child = child_process.spawn(file, args or {}, given)
  local failure, killed, done, timer = nil, false, false, nil

  local function kill()
    if child.stdout then child.stdout:destroy() end
    if child.stderr then child.stderr:destroy() end
    killed = true
    child:kill(kill_signal)
  end
  local function on_limit(err)
    failure = failure or err
    kill()
  end
  local stdout = collect(child.stdout, "stdout", limit, encoding, on_limit)
  local stderr = collect(child.stderr, "stderr", limit, encoding, on_limit)

  local function finish(code, signal)
    if done then return end
    done = true
    if timer then timers.clearTimeout(timer) end
    if not callback then return end
    local out, err_text = stdout(), stderr()
    if not failure and code == 0 and signal == nil then return callback(nil, out, err_text) end
    failure = failure or command_failed(command, code, signal, err_text, child.killed or killed)
    failure.cmd = command
    callback(failure, out, err_text)
  end
  child:on("close", finish)
  child:on("error", function(err)
    failure = err
    if child.stdout then child.stdout:destroy() end
    if child.stderr then child.stderr:destroy() end
    finish()
  end)
  if timeout and timeout > 0 then timer = timers.setTimeout(kill, timeout) end
  return child
end

--- Runs a program and gives back what it printed: `execFile(file[, args][, options][, callback])`.
-- @tparam string file
-- @tparam[opt] {string,...} args
-- @tparam[opt] table options of `spawn`, without `stdio`, `detached`, `serialization` and `maxMessage`; and `maxBuffer`
--   (bytes, 1 MiB), `encoding`
-- @tparam[opt] function callback gets an Error or nil, standard output and standard error
-- @treturn ChildProcess
function child_process.execFile(file, args, options, callback)
  args, options, callback = exec_arguments(args, options, callback)
  local words = { tostring(file) }
  for _, word in ipairs(args or {}) do
    words[#words + 1] = tostring(word)
  end
  return exec(file, args, options, callback, table.concat(words, " "))
end

--- Runs a command in a shell: `exec(command[, options][, callback])`.
-- @tparam string command
-- @tparam[opt] table options as of `execFile`
-- @tparam[opt] function callback
-- @treturn ChildProcess
function child_process.exec(command, options, callback)
  if is_callable(options) then
    options, callback = nil, options
  end
  spawn_options.checkText(command, "command")
  local _, checked, checked_callback = exec_arguments({}, options, callback)
  local given = {}
  for key, value in pairs(checked) do
    given[key] = value
  end
  given.shell = type(given.shell) == "string" and given.shell or true
  return exec(command, {}, given, checked_callback, command)
end

return child_process
