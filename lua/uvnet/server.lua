--- net.Server: listens on a TCP port, a unix domain socket or a named pipe.
--
-- Private fields: `_handle` while it listens; `_connections`: how many are open; `_resolving`: while the host of
-- `listen` is looked up; `_path`: the path of the listening pipe.
--
-- Floor 9.

local EventEmitter = require("uvnet.events")
local Socket = require("uvnet.socket")
local args = require("uvnet.args")
local core = require("uvnet.core")
local dns = require("uvnet.dns")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.callable")
local ticks = require("uvnet.ticks")

local Server = EventEmitter:extend("Server")

local BACKLOG = 511 -- the system makes 512 of it

Server._connections = 0
--- Do its sockets keep their writable side when the peer ends?
Server.allowHalfOpen = false
--- Are its sockets left unread until somebody resumes them?
Server.pauseOnConnect = false

local getters = Server.__getters

local function check_number(options, field)
  local value = options[field]
  if value ~= nil and type(value) ~= "number" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options." .. field, "number", value)
  end
  return value
end

--- Makes a server: `net.Server([options][, connectionListener])`.
-- @tparam[opt] table options
-- @tparam[opt=false] boolean options.allowHalfOpen
-- @tparam[opt=false] boolean options.pauseOnConnect
-- @tparam[opt=16384] integer options.highWaterMark bytes, of its sockets
-- @tparam[opt=false] boolean options.noDelay sets it on its sockets
-- @tparam[opt=false] boolean options.keepAlive sets it on its sockets, with `keepAliveInitialDelay` (ms)
-- @tparam[opt] function connectionListener is added for `connection`
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: new net.Server([options][, connectionListener])
function Server:initialize(options, connectionListener)
  EventEmitter.initialize(self)
  if is_callable(options) then
    options, connectionListener = nil, options
  elseif options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  if is_callable(connectionListener) then self:on("connection", connectionListener) end
  if not options then return end
  local delay, mark = check_number(options, "keepAliveInitialDelay"), check_number(options, "highWaterMark")
  if options.allowHalfOpen then self.allowHalfOpen = true end
  if options.pauseOnConnect then self.pauseOnConnect = true end
  if options.noDelay then self.noDelay = true end
  if options.keepAlive then
    self.keepAlive = true
    self.keepAliveInitialDelay = delay
  end
  if mark and mark >= 0 then self.highWaterMark = mark end
end

-- ---- listening ----

local function emit_error(self, err) self:emit("error", err) end

local function emit_listening(self)
  if rawget(self, "_handle") then self:emit("listening") end
end

local function listen_error(status, address, port)
  return errors.system("listen", status.code, status.errno, status.text, address, port)
end

local function failed(_, code, errno, text) return { code = code, errno = errno, text = text } end

-- Makes a handle and calls a method of it: bind it, or open a descriptor. Returns the handle, or nil and the status of
-- what was refused.
local function make(new, method, ...)
  local handle, code, errno, text = new()
  if not handle then return nil, failed(nil, code, errno, text) end
  local ok
  ok, code, errno, text = handle[method](handle, ...)
  if ok then return handle end
  handle:close()
  return nil, failed(nil, code, errno, text)
end

local function bind_tcp(address, port, ipv6_only) return make(core.tcp, "bind", address, port, ipv6_only) end

-- No address: all of IPv6, which mostly means IPv4 too, or all of IPv4 where there is no IPv6.
local function bind_any(port, ipv6_only)
  local handle = bind_tcp("::", port, ipv6_only)
  if handle then return handle, "::" end
  local status
  handle, status = bind_tcp("0.0.0.0", port, false)
  return handle, handle and "0.0.0.0" or status
end

local function bind_path(path) return make(core.pipe, "bindPath", path) end

local function open_fd(fd)
  local kind = core.fdType(fd)
  if kind == "TCP" then return make(core.tcp, "open", fd) end
  if kind == "PIPE" then return make(core.pipe, "open", fd) end
  local errno = core.errno("EINVAL")
  local code, text = core.strerror(errno)
  return nil, failed(nil, code, errno, text)
end

-- What was refused is told in the next tick, when listeners are there.
local function refuse(self, status, address, port)
  self._path = nil
  ticks.later(emit_error, self, listen_error(status, address, port))
end

local function start(self, handle, backlog, address, port)
  self._handle = handle
  handle:attach(self)
  local ok, code, errno, text = handle:listen(backlog or BACKLOG)
  if not ok then
    self._handle = nil
    handle:close()
    refuse(self, failed(ok, code, errno, text), address, port)
    return
  end
  if rawget(self, "_unrefed") then handle:unref() end
  ticks.later(emit_listening, self)
end

local function listen_tcp(self, address, port, backlog, ipv6_only)
  local handle, status
  if address then
    handle, status = bind_tcp(address, port, ipv6_only)
  else
    handle, status = bind_any(port, ipv6_only)
    if handle then
      address = status
    else
      address = "0.0.0.0"
    end
  end
  if not handle then return refuse(self, status, address, port) end
  start(self, handle, backlog, address, port)
end

local function look_up_and_listen(self, host, port, backlog, ipv6_only)
  local resolving = {}
  self._resolving = resolving
  dns.lookup(host, function(err, address)
    if rawget(self, "_resolving") ~= resolving then return end
    self._resolving = nil
    if err then return self:emit("error", err) end
    listen_tcp(self, address, port, backlog, ipv6_only)
  end)
end

local function listen_path(self, path, backlog, options)
  local handle, status = bind_path(path)
  if not handle then return refuse(self, status, path) end
  self._path = path
  start(self, handle, backlog, path)
  if not rawget(self, "_handle") then return end
  if options.readableAll == true or options.writableAll == true then
    local ok, code, errno = handle:chmod(options.readableAll == true, options.writableAll == true)
    if not ok then
      self._handle = nil
      handle:close()
      error(errors.system("uv_pipe_chmod", code, errno), 0)
    end
  end
end

-- The backlog among the arguments behind the first: a number, or what looks like one.
local function backlog_of(count, ...)
  for i = 2, math.min(count, 3) do
    local number = args.toNumber((select(i, ...)))
    if number and number > 0 then return number end
  end
end

local function to_backlog(value, otherwise)
  local number = args.toNumber(value)
  if not number or number < 1 then return otherwise end
  return math.floor(math.min(number, 2147483647))
end

-- The handle that a value has or is.
local function handle_in(value)
  if type(value) == "table" then return value._handle or value.handle end
  return value
end

-- Another module's userdata has no such method, or one that refuses us.
local function attach(handle, self) handle:attach(self) end

--- Starts listening: `listen([port][, host][, backlog][, callback])`, `listen(path[, backlog][, callback])`,
-- `listen(options[, callback])`, `listen(handle[, backlog][, callback])`. Emits `listening`, or `error`.
-- @tparam[opt] table|string|integer options options, or a path, or a port, or a server or socket whose handle is to be
--   listened on, or `{ fd = … }`
-- @tparam[opt=0] integer options.port 0 is any port that is free
-- @tparam[opt] string options.host without it, all addresses of IPv6 and IPv4
-- @tparam[opt] string options.path a unix domain socket, or a named pipe on Windows; ignored if there is a port
-- @tparam[opt=511] integer options.backlog how many connections may wait to be accepted
-- @tparam[opt=false] boolean options.exclusive
-- @tparam[opt=false] boolean options.ipv6Only no IPv4 on `::`
-- @tparam[opt=false] boolean options.readableAll, options.writableAll for a path: who may read and write, besides its
--   owner
-- @tparam[opt] function callback is added as a listener for `listening`, once
-- @treturn Server itself
-- @raise ERR_SERVER_ALREADY_LISTEN, ERR_SOCKET_BAD_PORT, ERR_INVALID_ARG_VALUE
-- @see Node's net: server.listen()
function Server:listen(...)
  local count = select("#", ...)
  local first = ...
  local options, callback = args.normalize(count, ...)
  if rawget(self, "_handle") or rawget(self, "_resolving") then errors.throw("ERR_SERVER_ALREADY_LISTEN") end
  local backlog = to_backlog(backlog_of(count, ...))
  local function on_listening()
    if callback then self:once("listening", callback) end
  end

  local handle = handle_in(first)
  if type(handle) == "userdata" then
    if not pcall(attach, handle, self) then errors.throw("ERR_INVALID_ARG_VALUE", "options", options) end
    on_listening()
    start(self, handle, backlog)
    return self
  end
  if type(options.fd) == "number" and options.fd >= 0 then
    on_listening()
    local opened, status = open_fd(options.fd)
    if opened then
      start(self, opened, backlog)
    else
      refuse(self, status)
    end
    return self
  end

  local port = options.port
  if options ~= first and (port == nil or port == callback) and options.path == nil then port = 0 end
  if type(port) == "number" or type(port) == "string" then
    port = args.checkPort(port, "options.port")
    backlog = to_backlog(options.backlog, backlog)
    on_listening()
    local host = options.host
    if host and host ~= "" then
      look_up_and_listen(self, host, port, backlog, options.ipv6Only)
    else
      listen_tcp(self, nil, port, backlog, options.ipv6Only)
    end
    return self
  end
  if args.isPipeName(options.path) then
    on_listening()
    listen_path(self, options.path, to_backlog(options.backlog, backlog), options)
    return self
  end
  local reason
  if port == nil and options.path == nil then reason = 'must have the property "port" or "path"' end
  errors.throw("ERR_INVALID_ARG_VALUE", "options", options, reason)
end

-- ---- connections ----

local function drop_data(handle)
  if not handle:isTcp() then return nil end
  local data = {}
  local address, port, family = handle:sockname()
  if address then
    data.localAddress, data.localPort, data.localFamily = address, port, family
  end
  address, port, family = handle:peername()
  if address then
    data.remoteAddress, data.remotePort, data.remoteFamily = address, port, family
  end
  return data
end

core.hook("connection", function(self, handle, code, errno)
  if not handle then
    self:emit("error", errors.system("accept", code, errno))
    return
  end
  local limit = self.maxConnections
  if limit and self._connections >= limit then
    local data = drop_data(handle)
    handle:close()
    if data then
      self:emit("drop", data)
    else
      self:emit("drop")
    end
    return
  end
  self._connections = self._connections + 1
  local ok, socket = pcall(Socket.accepted, handle, self)
  if not ok then
    -- Nobody knows of it.
    self._connections = self._connections - 1
    handle:close()
    error(socket, 0)
  end
  self:emit("connection", socket)
end)

local function emit_close(self) self:emit("close") end

local function close_if_done(self)
  if rawget(self, "_handle") or self._connections > 0 then return end
  ticks.later(emit_close, self)
end

--- One of its sockets has been destroyed.
-- @local
function Server:_disconnected()
  self._connections = self._connections - 1
  close_if_done(self)
end

--- How many connections are open.
-- @tparam function callback gets nil and the number, in the next tick
-- @treturn Server itself
-- @see Node's net: server.getConnections(callback)
function Server:getConnections(callback)
  ticks.nextTick(callback, nil, self._connections)
  return self
end

--- Stops accepting connections; those that are open stay. `close` is emitted once all have ended.
-- @tparam[opt] function callback called at `close`; with an ERR_SERVER_NOT_RUNNING if the server was not open
-- @treturn Server itself
-- @see Node's net: server.close([callback])
function Server:close(callback)
  local was_open = rawget(self, "_handle") or rawget(self, "_resolving")
  self._resolving = nil
  if is_callable(callback) then
    if was_open then
      self:once("close", callback)
    else
      self:once("close", function() callback(errors.coded("ERR_SERVER_NOT_RUNNING")) end)
    end
  end
  local handle = rawget(self, "_handle")
  if handle then
    handle:close()
    self._handle = nil
  end
  close_if_done(self)
  return self
end

--- On Lua 5.4, `local server <close> = …` closes the server at the block's end.
function Server.__instance.__close(self)
  if rawget(self, "_handle") or rawget(self, "_resolving") then self:close() end
end

--- The address that it listens on.
-- @return `{ port = …, family = "IPv4" or "IPv6", address = … }`, or the path, or nil while it does not listen
-- @raise a system error of `address`
-- @see Node's net: server.address()
function Server:address()
  local handle = rawget(self, "_handle")
  if handle and handle:isTcp() then
    local address, port, family, _ = handle:sockname()
    if not address then error(errors.system("address", port, family), 0) end
    return { address = address, port = port, family = family }
  end
  return rawget(self, "_path")
end

--- Has it keep `net.run` running (again), as it does from the start.
-- @treturn Server itself
-- @see Node's net: server.ref()
function Server:ref()
  self._unrefed = nil
  local handle = rawget(self, "_handle")
  if handle then handle:ref() end
  return self
end

--- Has it keep `net.run` running no longer.
-- @treturn Server itself
-- @see Node's net: server.unref()
function Server:unref()
  self._unrefed = true
  local handle = rawget(self, "_handle")
  if handle then handle:unref() end
  return self
end

--- Is it listening?
function getters:listening() return rawget(self, "_handle") ~= nil end

--- How many connections are open. Deprecated: use getConnections.
function getters:connections() return self._connections end

return Server
