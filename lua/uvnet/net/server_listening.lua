--- `server:listen`: what it may be called with, and what comes of it.
--
-- Floor 8.

local abort = require("uvnet.base.abort")
local args = require("uvnet.net.args")
local core = require("uvnet.core")
local dns = require("uvnet.dns")
local ending = require("uvnet.net.server_ending")
local errors = require("uvnet.errors")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local listening = {}

local BACKLOG = 511 -- the system makes 512 of it

-- ---- the handle ----

-- Each maker gives a handle, or nil and the status of what was refused: a table with `code`, `errno` and `text`.
local makers = {}
listening.makers = makers

local LISTEN_OPTIONS = strict.names([[
  port host path backlog exclusive ipv6Only reusePort readableAll writableAll signal fd handle _handle
]])

--- A status.
function makers.refused(code, errno, text) return { code = code, errno = errno, text = text } end

-- Makes a handle and calls a method of it: bind it, or open a descriptor.
local function make(new, method, ...)
  local handle, code, errno, text = new()
  if not handle then return nil, makers.refused(code, errno, text) end
  local ok
  ok, code, errno, text = handle[method](handle, ...)
  if ok then return handle end
  handle:close()
  return nil, makers.refused(code, errno, text)
end

--- @tparam table options `ipv6Only`, `reusePort`
function makers.tcp(address, port, options)
  return make(core.tcp, "bind", address, port, options.ipv6Only and true, options.reusePort == true)
end

--- No address: all of IPv6, which mostly means IPv4 too, or all of IPv4 where there is no IPv6. Its second result is
-- the address.
function makers.any(port, options)
  local handle = makers.tcp("::", port, options)
  if handle then return handle, "::" end
  local status
  handle, status = makers.tcp("0.0.0.0", port, { reusePort = options.reusePort })
  return handle, handle and "0.0.0.0" or status
end

function makers.path(path) return make(core.pipe, "bindPath", path) end

function makers.descriptor(fd)
  local kind = core.fdType(fd)
  if kind == "TCP" then return make(core.tcp, "open", fd) end
  if kind == "PIPE" then return make(core.pipe, "open", fd) end
  local errno = core.errno("EINVAL")
  local code, text = core.strerror(errno)
  return nil, makers.refused(code, errno, text)
end

-- ---- listening on it ----

local function emit_error(self, err) self:emit("error", err) end

local function emit_listening(self)
  if rawget(self, "_handle") then self:emit("listening") end
end

local function listen_error(status, address, port)
  return errors.system("listen", status.code, status.errno, status.text, address, port)
end

-- What was refused is told in the next tick, when listeners are there.
local function refuse(self, status, address, port)
  self._path = nil
  ticks.later(emit_error, self, listen_error(status, address, port))
end

-- Gives back the status of what was refused.
local function begin(self, handle, backlog)
  self._handle = handle
  handle:attach(self)
  local ok, code, errno, text = handle:listen(backlog or BACKLOG)
  if not ok then return makers.refused(code, errno, text) end
  if rawget(self, "_unrefed") then handle:unref() end
  ending.apply_pause(self, handle)
  ticks.later(emit_listening, self)
end

-- A server that has a handle says that it listens: so it does, or has none, also where a step raises (out of memory).
local function start(self, handle, backlog, address, port)
  local ok, status = pcall(begin, self, handle, backlog)
  if ok and not status then return end
  self._handle = nil
  handle:close()
  local left = rawget(self, "_unlisten") -- the primary holds it for nobody then
  self._unlisten = nil
  if left then left() end
  if ok then return refuse(self, status, address, port) end
  self._path = nil
  error(status, 0)
end

-- A worker of a cluster does not listen itself: the primary does, unless this is to be its own (`exclusive`). What
-- comes of it is one call of `done`, with a handle or nil and a status.
local function ask_primary(self, query, exclusive, done)
  if not listening.askPrimary or exclusive then return false end
  local asking = {}
  self._resolving = asking
  listening.askPrimary(self, query, function(handle, status)
    local is_over = rawget(self, "_resolving") ~= asking
    if not is_over then self._resolving = nil end
    if is_over and handle then
      local left = rawget(self, "_unlisten")
      self._unlisten = nil
      handle:close()
      if left then left() end
    elseif not is_over then
      done(handle, status)
    end
  end)
  return true
end

local function bind_error(self, status, address, port)
  self._path = nil
  self:emit("error", errors.system("bind", status.code, status.errno, nil, address, port))
end

local function ask_for_port(self, address, port, backlog, options)
  local query = {
    address = address,
    port = port,
    addressType = address and core.isIP(address) == 6 and 6 or 4,
    flags = options.ipv6Only and 1 or 0,
    ipv6Only = options.ipv6Only and true or nil,
    backlog = backlog,
  }
  -- As in Node, who shares a port by the system does not share it by the primary.
  return ask_primary(self, query, options.exclusive or options.reusePort == true, function(handle, status)
    if not handle then return bind_error(self, status, address, port) end
    start(self, handle, backlog, address, port)
  end)
end

local function listen_tcp(self, address, port, backlog, options)
  if ask_for_port(self, address, port, backlog, options) then return end
  local handle, status
  if address then
    handle, status = makers.tcp(address, port, options)
  else
    handle, status = makers.any(port, options)
    if handle then
      address = status
    else
      address = "0.0.0.0"
    end
  end
  if not handle then return refuse(self, status, address, port) end
  start(self, handle, backlog, address, port)
end

-- A link-local address of IPv6 means nothing without its link: any other goes before.
local function first_usable(addresses)
  for _, one in ipairs(addresses) do
    if one.family == 4 or not one.address:lower():find("^fe[89ab]%x:") then return one.address end
  end
  return addresses[1].address
end

local function look_up_and_listen(self, host, port, backlog, options)
  local resolving = {}
  self._resolving = resolving
  dns.lookup(host, { all = true }, function(err, addresses)
    if rawget(self, "_resolving") ~= resolving then return end
    self._resolving = nil
    if err then return self:emit("error", err) end
    listen_tcp(self, first_usable(addresses), port, backlog, options)
  end)
end

-- Who may connect is settled before anybody can.
local function allow_others(handle, options)
  local readable, writable = options.readableAll == true, options.writableAll == true
  if not readable and not writable then return end
  local ok, code, errno = handle:chmod(readable, writable)
  if ok then return end
  handle:close()
  error(errors.system("uv_pipe_chmod", code, errno), 0)
end

-- A path of Linux's abstract namespace is no file that could have rights.
local function check_rights(options)
  if options.path:sub(1, 1) ~= "\0" or not (options.readableAll or options.writableAll) then return end
  errors.throw("ERR_INVALID_ARG_VALUE", "options", options,
    "can not set readableAll or writableAll to true when path is abstract unix socket")
end

local function listen_path(self, path, backlog, options)
  local query = { address = path, port = -1, addressType = -1, backlog = backlog, readableAll = options.readableAll,
    writableAll = options.writableAll }
  local is_asked = ask_primary(self, query, options.exclusive, function(handle, status)
    if not handle then return bind_error(self, status, path) end
    self._path = path
    start(self, handle, backlog, path)
  end)
  if is_asked then return end
  local handle, status = makers.path(path)
  if not handle then return refuse(self, status, path) end
  allow_others(handle, options)
  self._path = path
  start(self, handle, backlog, path)
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

-- The BoundSocket that a value is or has.
local function bound_in(value)
  if type(value) ~= "table" then return nil end
  if value._adopt then return value end
  local handle = value.handle
  return type(handle) == "table" and handle._adopt and handle or nil
end

-- Another module's userdata has no such methods, or some that refuse us; another type of handle does not listen.
local function attach(handle, self)
  assert(handle.listen)
  handle:attach(self)
end

local function close(self) self:close() end

-- A signal closes the server, until that is closed anyhow.
local function obey(self, signal)
  if signal == nil then return end
  if signal.aborted then
    ticks.later(close, self)
  else
    self:once("close", abort.watch(signal, function() self:close() end))
  end
end

--- Starts listening: `listen([port][, host][, backlog][, callback])`, `listen(path[, backlog][, callback])`,
-- `listen(options[, callback])`, `listen(handle[, backlog][, callback])`. Emits `listening`, or `error`.
-- @function Server:listen
-- @tparam[opt] table|string|integer options options, or a path, or a port, or a server or socket whose handle is to be
--   listened on, or `{ fd = … }`
-- @tparam[opt=0] integer options.port 0 is any port that is free
-- @tparam[opt] string options.host without it, all addresses of IPv6 and IPv4
-- @tparam[opt] string options.path a unix domain socket, or a named pipe on Windows; ignored if there is a port
-- @tparam[opt=511] integer options.backlog how many connections may wait to be accepted
-- @tparam[opt=false] boolean options.exclusive
-- @tparam[opt=false] boolean options.ipv6Only no IPv4 on `::`
-- @tparam[opt=false] boolean options.reusePort may others listen on the same port, so that the system shares out
--   connections?
-- @tparam[opt] AbortSignal options.signal closes the server
-- @tparam[opt=false] boolean options.readableAll, options.writableAll for a path: who may read and write, besides its
--   owner
-- @tparam[opt] function callback is added as a listener for `listening`, once
-- @treturn Server itself
-- @raise ERR_SERVER_ALREADY_LISTEN, ERR_SOCKET_BAD_PORT, ERR_INVALID_ARG_VALUE
-- @see Node's net: server.listen()
function listening:listen(...)
  errors._checkSelf(self, "server:listen(port)")
  local count = select("#", ...)
  local first = ...
  local options, callback = args.normalize(count, ...)
  if rawget(self, "_handle") or rawget(self, "_resolving") then errors.throw("ERR_SERVER_ALREADY_LISTEN") end
  local backlog = to_backlog(backlog_of(count, ...))
  abort.check(options.signal, "options.signal")
  local function on_listening()
    if callback then self:once("listening", callback) end
    obey(self, options.signal)
  end

  local bound = bound_in(first)
  if bound then
    local adopted, path = bound:_adopt()
    on_listening()
    self._path = path
    start(self, adopted, backlog)
    return self
  end
  strict.check(options, LISTEN_OPTIONS)
  local handle = handle_in(first)
  if type(handle) == "userdata" then
    if not pcall(attach, handle, self) then errors.throw("ERR_INVALID_ARG_VALUE", "options", options) end
    on_listening()
    start(self, handle, backlog)
    return self
  end
  if type(options.fd) == "number" and options.fd >= 0 then
    on_listening()
    local is_asked = ask_primary(self, { fd = options.fd, backlog = backlog }, options.exclusive, function(got, status)
      if not got then return bind_error(self, status) end
      start(self, got, backlog)
    end)
    if is_asked then return self end
    local opened, status = makers.descriptor(options.fd)
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
    local host = options.host
    if type(host) == "string" then args.checkNoNul("hostname", host) end
    on_listening()
    if host and host ~= "" then
      look_up_and_listen(self, host, port, backlog, options)
    else
      listen_tcp(self, nil, port, backlog, options)
    end
    return self
  end
  if args.isPipeName(options.path) then
    check_rights(options)
    on_listening()
    listen_path(self, options.path, to_backlog(options.backlog, backlog), options)
    return self
  end
  local reason
  if port == nil and options.path == nil then reason = 'must have the property "port" or "path"' end
  errors.throw("ERR_INVALID_ARG_VALUE", "options", options, reason)
end

return listening
