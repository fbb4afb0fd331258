--- This process: its signals, its channel to a parent, its standard streams, its end.
--
--     net.process:on("SIGTERM", function() server:close() end)
--
-- It is an EventEmitter: signals by their names, `message` and `disconnect` of the channel, `beforeExit` and `exit`.
--
-- Floor 12.
-- @module net.process

local Channel = require("uvnet.process.channel")
local EventEmitter = require("uvnet.events")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local interpreter = require("uvnet.process.interpreter")
local loop = require("uvnet.runtime.loop")
local messaging = require("uvnet.process.messaging")
local signals = require("uvnet.process.signals")
local standard = require("uvnet.process.standard_streams")
local ticks = require("uvnet.runtime.ticks")

local INT32 = 2 ^ 31 -- a process's number is less

local Process = EventEmitter:extend("Process")
local getters = Process.__getters

-- ---- what it is ----

function getters.pid() return core.pid() end
function getters.ppid() return core.ppid() end
function getters.execPath() return interpreter.path() end
function getters.platform() return core.platform() end
function getters:exitCode() return rawget(self, "_exitCode") end
function getters:title() return rawget(self, "_title") or interpreter.path() end

--- Is there a channel to a parent?
getters.connected = messaging.connected
getters.channel = messaging.channel

local function set_exit_code(self, code)
  if code ~= nil and not (type(code) == "number" and code % 1 == 0) then
    errors.throw("ERR_INVALID_ARG_TYPE", "code", "integer", code)
  end
  rawset(self, "_exitCode", code)
  core.exitCode((code or 0) % 256)
end

local setters = Process.__setters

setters.exitCode = set_exit_code

function setters:title(text)
  if type(text) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "title", "string", text) end
  core.setTitle(text)
  rawset(self, "_title", text)
end

-- Made when they are asked for.
local function lazily(name, make)
  getters[name] = function(self)
    local value = make(self)
    rawset(self, name, value)
    return value
  end
end

lazily("stdin", function(self) return standard.input(self) end)
lazily("stdout", function(self) return standard.output(self, 1) end)
lazily("stderr", function(self) return standard.output(self, 2) end)

--- The directory that it works in.
function Process.cwd() return (core.cwd()) end

--- Sends a signal to a process: `net.process.kill(pid[, signal])`, with a colon too.
-- @tparam integer pid
-- @tparam[opt="SIGTERM"] string|integer signal 0 only looks whether it is there
-- @treturn boolean true
-- @raise a system error of `kill`; ERR_UNKNOWN_SIGNAL; ERR_INVALID_ARG_TYPE
function Process.kill(...)
  local first, pid, signal = ...
  if type(first) ~= "table" then
    pid, signal = first, pid
  end
  if type(pid) ~= "number" or pid % 1 ~= 0 or pid < -INT32 or pid >= INT32 then
    errors.throw("ERR_INVALID_ARG_TYPE", "pid", "number", pid)
  end
  local number = signals.number(signal == nil and "SIGTERM" or signal)
  local ok, code, errno = core.kill(math.floor(pid), number)
  if not ok then error(errors.system("kill", code, errno), 0) end
  return true
end

-- ---- signals ----

local function on_signal(self, number) self.process:emit(self.name, self.name, number) end

-- While somebody listens for a signal its handle is open. It keeps nothing running.
local function listen(process, name)
  local number = type(name) == "string" and signals.numbers[name]
  if not number or process._signals[name] then return end
  local handle, code, errno = core.signal()
  if not handle then error(errors.system("uv_signal_init", code, errno), 0) end
  local owner = { process = process, name = name, handle = handle, _onsignal = on_signal, _emitter = process }
  handle:attach(owner)
  local ok
  ok, code, errno = handle:start(number)
  if not ok then
    handle:close()
    error(errors.system("uv_signal_start", code, errno), 0)
  end
  handle:unref()
  process._signals[name] = handle
end

local function leave(process, name)
  local handle = process._signals[name]
  if not handle or process:listenerCount(name) > 0 then return end
  process._signals[name] = nil
  handle:close()
end

local CHANNEL_EVENTS = { message = true, disconnect = true }

local function on_new_listener(self, name)
  listen(self, name)
  local channel = rawget(self, "_channel")
  if not channel then return end
  if CHANNEL_EVENTS[name] then channel:count(1) end
  ticks.later(channel.giveKept, channel)
end

local function on_removed_listener(self, name)
  leave(self, name)
  local channel = rawget(self, "_channel")
  if channel and CHANNEL_EVENTS[name] then channel:count(-1) end
end

function Process:initialize()
  EventEmitter.initialize(self)
  self._signals = {}
  self:on("newListener", function(name) on_new_listener(self, name) end)
  self:on("removeListener", function(name) on_removed_listener(self, name) end)
end

-- ---- the channel ----

--- Sends the parent a message: `send(message[, handle[, options]][, callback])`.
-- @function Process:send
-- @param message what the serialization takes
-- @tparam[opt] net.Socket|net.Server handle goes with it
-- @tparam[opt] table options `keepOpen`: a socket stays open here, too
-- @tparam[opt] function callback gets an Error, or nil once it is written
-- @treturn boolean false: much waits to be written, better wait

-- As in Node, `send` and `disconnect` are there only where there is a channel.
local function send(self, ...) return messaging.send(self, select("#", ...), ...) end

--- Closes the channel, once what was sent is out.
-- @function Process:disconnect
local function disconnect(self) messaging.disconnect(self) end

--- The parent has closed the channel.
function Process._channelClosed() end

-- The end of a channel that this process was given, if it is one; what says so is not for its own children.
local function open_channel(self)
  local fd = tonumber(os.getenv("NODE_CHANNEL_FD") or "")
  if not fd or fd % 1 ~= 0 or fd < 0 then return end
  local mode = os.getenv("NODE_CHANNEL_SERIALIZATION_MODE") or "json"
  local max = tonumber(os.getenv("UVNET_CHANNEL") or "")
  core.unsetenv("NODE_CHANNEL_FD")
  core.unsetenv("NODE_CHANNEL_SERIALIZATION_MODE")
  core.unsetenv("UVNET_CHANNEL")
  fd = math.floor(fd)
  if core.fdType(fd) ~= "PIPE" then return end
  if mode == "advanced" and not max then
    -- A string: this is raised where the module is loaded, and Lua 5.1 shows nothing else.
    error("The parent speaks V8's form on the channel: between Node and Lua use serialization: \"json\"", 0)
  end
  local handle, code, errno = core.channel()
  local ok = handle
  if handle then
    ok, code, errno = handle:openChannel(fd)
  end
  if not ok then error(errors.system("open", code, errno), 0) end
  handle:unref()
  rawset(self, "send", send)
  rawset(self, "disconnect", disconnect)
  self._channel = Channel(self, handle, mode == "advanced" and mode or "json", max and max > 0 and max or nil)
end

-- ---- the end ----

--- Ends the process: emits `exit`, closes the Lua state, and leaves.
-- @tparam[opt] integer code without it, `exitCode`, or 0
function Process:exit(code)
  errors._checkSelf(self, "process:exit(code)")
  if code ~= nil then set_exit_code(self, code) end
  if not rawget(self, "_exiting") then
    rawset(self, "_exiting", true)
    self:emit("exit", self.exitCode or 0)
  end
  io.stdout:flush()
  os.exit(math.floor((self.exitCode or 0) % 256), true)
end

local process = Process()

-- `net.run` has nothing left to run for. Whoever listens for `beforeExit` may give it something.
function loop.onempty()
  local alive = false
  if process:listenerCount("beforeExit") > 0 then
    process:emit("beforeExit", process.exitCode or 0)
    ticks.drain()
    alive = core.alive()
  end
  if not alive then process:emit("exit", process.exitCode or 0) end
  return alive
end

-- An interrupt is for who runs the program; without memory nobody could listen.
local function is_for_listeners(err)
  if type(err) ~= "string" then return true end
  return not err:find("interrupted!", 1, true) and err ~= "not enough memory"
end

local function take_error(err)
  local emitter = loop.emitterOf(err)
  if not is_for_listeners(err) then return false end
  return process:emit("uncaughtException", err, "uncaughtException", emitter)
end

-- Errors are looked at only while somebody listens for them.
local function look_for_errors()
  ticks.onerror = process:listenerCount("uncaughtException") > 0 and take_error or nil
end

process:on("newListener", function(name)
  if name == "uncaughtException" then ticks.onerror = take_error end
end)
process:on("removeListener", function(name)
  if name == "uncaughtException" then look_for_errors() end
end)

open_channel(process)

return process
