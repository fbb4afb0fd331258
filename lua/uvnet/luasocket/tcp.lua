--- LuaSocket's TCP objects: a master becomes a client by `connect`, a server by `bind` and `listen`. Those of its unix
-- sockets are the same with a path in place of address and port: their `_family` is "unix".
--
-- An object is dropped as LuaSocket's are: when it is collected, it is closed.
--
-- Floor 14.

local connection = require("uvnet.luasocket.connection")
local core = require("uvnet.core")
local dns = require("uvnet.luasocket.dns")
local listening = require("uvnet.luasocket.listening")
local net = require("uvnet")
local options = require("uvnet.luasocket.options")
local reasons = require("uvnet.luasocket.reasons")
local receive = require("uvnet.luasocket.receive")
local ticks = require("uvnet.runtime.ticks")
local waiting = require("uvnet.luasocket.waiting")

local floor, huge, max, min = math.floor, math.huge, math.max, math.min
local later, now = ticks.later, waiting.now

local tcp = {}

local methods = {}
local CLASSES = {}
for _, name in ipairs({ "master", "client", "server" }) do
  local class = { __name = "tcp{" .. name .. "}", __index = { class = "tcp{" .. name .. "}" } }
  setmetatable(class.__index, { __index = methods })
  function class.__tostring(self) return ("%s: %s"):format(class.__name, self._address) end
  function class.__close(self) self:close() end
  CLASSES[name] = class
end

local FAMILIES = { [4] = "inet", [6] = "inet6", IPv4 = "inet", IPv6 = "inet6" }

-- ---- what is right and what is not ----

local function bad(at, method, problem, level)
  error(("bad argument #%d to '%s' (%s)"):format(at, method, problem), (level or 1) + 2)
end

local function check(self, method, ...)
  local class = type(self) == "table" and getmetatable(self)
  for i = 1, select("#", ...) do
    if class == CLASSES[select(i, ...)] then return end
  end
  local one = select("#", ...) == 1 and (...) or "any"
  return bad(1, method, ("tcp{%s} expected"):format(one), 2)
end

local function check_any(self, method) return check(self, method, "master", "client", "server") end

local function is_text(value) return type(value) == "string" or type(value) == "number" end

local function typed(value) return value == nil and "no value" or type(value) end

-- LuaSocket takes the name of a service, too. Of ports, a number is what it is modulo 65,536.
local function to_port(value, method)
  if not is_text(value) then bad(3, method, ("string expected, got %s"):format(typed(value)), 2) end
  local number = tonumber(value)
  return number and floor(number) % 65536 or nil
end

-- ---- time ----

-- When the next wait of this call is over: `block` limits one that has nothing to do, `total` the call.
local function deadlines(self)
  local block, total = self._block, self._total
  if block < 0 and total < 0 then return function() end end
  local start = now()
  if total < 0 or block < 0 then
    local deadline = start + 1000 * max(block, total)
    return function() return deadline end
  end
  return function() return min(now() + 1000 * block, start + 1000 * total) end
end

--- Limits waiting.
-- @tparam ?number seconds nil or less than 0: no limit; 0: do not wait
-- @tparam[opt="b"] string mode `"b"`: one wait; `"t"` or `"r"`: a call
-- @treturn integer 1
function methods:settimeout(seconds, mode)
  check_any(self, "settimeout")
  local value = seconds == nil and -1 or tonumber(seconds)
  if not value then bad(2, "settimeout", "number expected, got " .. type(seconds)) end
  mode = mode == nil and "b" or tostring(mode)
  local first = mode:sub(1, 1)
  if first == "b" then
    self._block = value
  elseif first == "t" or first == "r" then
    self._total = value
  else
    bad(3, "settimeout", "invalid timeout mode")
  end
  return 1
end

--- What `settimeout` has set: seconds, -1 for no limit.
-- @treturn number block
-- @treturn number total
function methods:gettimeout()
  check_any(self, "gettimeout")
  return self._block, self._total
end

-- ---- connecting ----

local function local_end(self)
  local bound = self._bound
  self._bound = nil
  return bound
end

--- Connects. Waits until the connection stands, or cannot.
-- @tparam string address an IP address or a name
-- @tparam integer port
-- @treturn ?integer 1
-- @treturn ?string why not
function methods:connect(address, port)
  check_any(self, "connect")
  if not is_text(address) then bad(2, "connect", "string expected, got " .. typed(address)) end
  local is_unix = self._family == "unix"
  local number = is_unix or to_port(port, "connect")
  if getmetatable(self) == CLASSES.server then return nil, "already connected" end
  local conn = self._conn
  setmetatable(self, CLASSES.client)
  if conn.state == "connected" then return nil, "already connected" end
  if not number then return nil, "service not supported for socket type" end
  address = tostring(address)
  local deadline_of = deadlines(self)
  if conn.state ~= "connecting" then
    local family, literal = self._family, is_unix and 0 or core.isIP(address)
    if literal ~= 0 and family and literal ~= family then return nil, "Address family for hostname not supported" end
    local set = self._options
    local reason = conn:begin(
      is_unix and { path = address } or { host = address, port = number, family = family },
      local_end(self),
      function(socket) options.apply(set, socket) end
    )
    if reason then return nil, conn:take_reason() end
  end
  while conn.state == "connecting" do
    if conn:wait(deadline_of()) and conn.state == "connecting" then return nil, "timeout" end
  end
  if conn.state ~= "connected" then return nil, conn:take_reason() end
  return 1
end

methods.setpeername = methods.connect

-- ---- sending and receiving ----

-- As string.sub counts.
local function to_index(value, default, length, at)
  if value == nil then value = default end
  local number = tonumber(value)
  if not number then bad(at, "send", "number expected, got " .. type(value), 2) end
  number = floor(number)
  return number < 0 and length + number + 1 or number
end

--- Sends, and waits until the system has taken all of it.
-- @tparam string data
-- @tparam[opt=1] integer i the first byte
-- @tparam[opt=-1] integer j the last
-- @treturn ?integer the last byte that was sent
-- @treturn ?string `"closed"`, `"timeout"`, or what else was in the way
-- @treturn ?integer the last byte that was sent then
function methods:send(data, i, j)
  check(self, "send", "client")
  if not is_text(data) then bad(2, "send", "string expected, got " .. typed(data)) end
  data = tostring(data)
  local first = max(1, to_index(i, 1, #data, 3))
  local last = min(#data, to_index(j, -1, #data, 4))
  local conn = self._conn
  local asked = first
  first = min(first, #data + 1) -- behind the data there is nothing, however far
  if last < first then last = first - 1 end
  local done, reason = conn:send(data, first, last, deadlines(self))
  if reason then return nil, reason, done end
  return max(done, asked - 1)
end

--- Receives.
-- @tparam[opt="*l"] string|integer pattern `"*l"`: a line, without its newline and without carriage returns; `"*a"`:
--   everything up to the end; a number: so many bytes
-- @tparam[opt] string prefix what the result begins with; it counts for a number of bytes
-- @treturn ?string
-- @treturn ?string `"closed"`, `"timeout"`, or what else was in the way
-- @treturn ?string what had come then, behind the prefix
function methods:receive(pattern, prefix)
  check(self, "receive", "client")
  if prefix == nil then
    prefix = ""
  elseif is_text(prefix) then
    prefix = tostring(prefix)
  else
    bad(3, "receive", "string expected, got " .. type(prefix))
  end
  if pattern ~= nil and not is_text(pattern) then bad(2, "receive", "string expected, got " .. type(pattern)) end
  local conn, deadline_of = self._conn, deadlines(self)
  if pattern == nil or pattern == "*l" then return receive.line(conn, prefix, deadline_of) end
  if pattern == "*a" then return receive.all(conn, prefix, deadline_of) end
  local count = tonumber(pattern)
  if not count or not (count >= 0) or count == huge then bad(2, "receive", "invalid receive pattern") end
  return receive.bytes(conn, floor(count), prefix, deadline_of)
end

--- Is there something that has come and nobody has received?
-- @treturn boolean
function methods:dirty()
  check_any(self, "dirty")
  return self._conn.length > 0
end

--- How much has come and gone, and for how long there has been the object.
-- @treturn integer bytes received
-- @treturn integer bytes sent
-- @treturn number age in seconds
function methods:getstats()
  check(self, "getstats", "client")
  local conn = self._conn
  return conn.received, conn.sent, (now() - conn.born) / 1000
end

--- Sets what `getstats` counts from.
-- @tparam[opt] integer received
-- @tparam[opt] integer sent
-- @tparam[opt] number age in seconds
-- @treturn integer 1
function methods:setstats(received, sent, age)
  check(self, "setstats", "client")
  local conn = self._conn
  conn.received = tonumber(received) or conn.received
  conn.sent = tonumber(sent) or conn.sent
  if tonumber(age) then conn.born = now() - tonumber(age) * 1000 end
  return 1
end

-- ---- listening ----

--- Binds it to an address of this machine.
-- @tparam string address an IP address, a name, or `"*"` for all
-- @tparam integer port 0: any that is free
-- @treturn ?integer 1
-- @treturn ?string why not
function methods:bind(address, port)
  check(self, "bind", "master")
  if not is_text(address) then bad(2, "bind", "string expected, got " .. typed(address)) end
  local is_unix = self._family == "unix"
  local number = is_unix or to_port(port, "bind")
  if not number then return nil, "service not supported for socket type" end
  if self._bound then return nil, "Invalid argument" end
  address = tostring(address)
  local family = self._family
  if is_unix then
    local ok, bound = pcall(net.BoundSocket, { path = address })
    if not ok then return nil, reasons.of(bound) end
    self._bound = bound
    return 1
  elseif address == "*" then
    address = family == 6 and "::" or "0.0.0.0"
  elseif core.isIP(address) == 0 then
    local list, reason = dns.addresses(address, family)
    if not list then return nil, reason end
    address = list[1].address
  elseif family and core.isIP(address) ~= family then
    return nil, "Address family for hostname not supported"
  end
  local set = self._options
  local ok, bound = pcall(net.BoundSocket, {
    host = address,
    port = number,
    ipv6Only = core.isIP(address) == 6 and set["ipv6-v6only"] or nil,
    reusePort = set.reuseport or nil,
  })
  if not ok then return nil, reasons.of(bound) end
  self._bound = bound
  return 1
end

methods.setsockname = methods.bind

--- Makes it a server.
-- @tparam[opt=32] integer backlog
-- @treturn ?integer 1
-- @treturn ?string why not
function methods:listen(backlog)
  check(self, "listen", "master")
  if backlog ~= nil and not tonumber(backlog) then
    bad(2, "listen", "number expected, got " .. type(backlog))
  end
  local bound = self._bound
  if not bound then return nil, "Bad file descriptor" end
  self._bound = nil
  local server, reason = listening.new(bound, backlog and floor(tonumber(backlog)))
  if not server then return nil, reason end
  self._server, self._guard = server, tcp.guard(server)
  setmetatable(self, CLASSES.server)
  return 1
end

--- Waits for a connection.
-- @return a client object, or nil
-- @treturn ?string why there is none
function methods:accept()
  check(self, "accept", "server")
  local conn, reason = self._server:accept(deadlines(self))
  if not conn then return nil, reason end
  return tcp.client(conn, self._family)
end

-- ---- names ----

--- The other end.
-- @treturn ?string its address
-- @treturn string|integer its port, or why there is none
-- @treturn ?string `"inet"` or `"inet6"`
function methods:getpeername()
  check_any(self, "getpeername")
  local conn = self._conn
  local socket = conn.socket
  local address = socket and conn.state == "connected" and socket.remoteAddress
  if address then return address, socket.remotePort, FAMILIES[socket.remoteFamily] end
  if self._bound or self._server or socket then return nil, "Transport endpoint is not connected" end
  return nil, "Bad file descriptor"
end

--- Our end.
-- @treturn ?string its address
-- @treturn string|integer its port, or why there is none
-- @treturn ?string `"inet"` or `"inet6"`
function methods:getsockname()
  check_any(self, "getsockname")
  local conn, name = self._conn, nil
  if self._bound then
    name = self._bound:address()
  elseif self._server then
    name = self._server:address()
  elseif conn.socket then
    name = conn.socket:address()
  end
  if type(name) == "string" then return name end
  if name and name.address then return name.address, name.port, FAMILIES[name.family] end
  return nil, "Bad file descriptor"
end

--- The family of its address.
-- @treturn string `"inet4"` or `"inet6"`
function methods:getfamily()
  check_any(self, "getfamily")
  return self._family == 6 and "inet6" or "inet4"
end

--- The descriptor: to look at. What it has to read is read already.
-- @treturn integer -1 if there is none
function methods:getfd()
  check_any(self, "getfd")
  if self._bound then return self._bound:fd() end
  return (self._server or self._conn):fd()
end

--- The descriptor is the loop's: nobody can set it.
-- @raise always
function methods.setfd() error("uvnet.luasocket: a descriptor cannot be set", 2) end

-- ---- options ----

--- Sets an option: `keepalive`, `linger`, `reuseaddr`, `reuseport`, `tcp-nodelay`, `ipv6-v6only`.
-- @tparam string name
-- @param value
-- @treturn ?integer 1
-- @treturn ?string why not
function methods:setoption(name, value)
  check_any(self, "setoption")
  local problem, at = options.check(name, value)
  if problem then bad(at, "setoption", problem) end
  self._options[name] = value
  local conn = self._conn
  if conn.socket and conn.state == "connected" then options.apply(self._options, conn.socket, name) end
  return 1
end

--- What an option is.
-- @tparam string name
-- @return its value; nil and a reason where it cannot be told
function methods:getoption(name)
  check_any(self, "getoption")
  local problem = options.check_name(name)
  if problem then bad(2, "getoption", problem) end
  return options.get(self._options, name)
end

-- ---- the end ----

local HOW = { both = true, send = true, receive = true }

--- Ends one side of the connection, or both.
-- @tparam[opt="both"] string how `"both"`, `"send"`, `"receive"`
-- @treturn integer 1
function methods:shutdown(how)
  check(self, "shutdown", "client")
  how = how == nil and "both" or how
  if not HOW[how] then bad(2, "shutdown", ("invalid option '%s'"):format(tostring(how))) end
  local conn = self._conn
  if how ~= "receive" then conn:finish() end
  if how ~= "send" then conn:stop_reading() end
  return 1
end

--- Closes it. Twice is as good as once.
-- @treturn integer 1
function methods:close()
  check_any(self, "close")
  local linger = self._options.linger
  if self._bound then
    self._bound:close()
    self._bound = nil
  end
  if self._server then
    self._server:close()
  elseif linger and linger.on and linger.timeout == 0 then
    self._conn:reset()
  else
    self._conn:close()
  end
  return 1
end

-- ---- making one ----

-- On Lua 5.1 and LuaJIT only a userdata can have a finalizer.
local new_userdata = rawget(_G, "newproxy")

local function close(owner) owner:close() end

--- What closes a connection or a server when its object is collected. In a tick: a finalizer may be called between any
--- two lines, of the streams' too.
function tcp.guard(owner)
  local function finalize() later(close, owner) end
  if not new_userdata then return setmetatable({}, { __gc = finalize }) end
  local guard = new_userdata(true)
  getmetatable(guard).__gc = finalize
  return guard
end

local function new(class, conn, family)
  local self = {
    _conn = conn,
    _family = family,
    _block = -1,
    _total = -1,
    _options = {},
    _guard = tcp.guard(conn),
  }
  self._address = tostring(self):match("0x%x+") or "?"
  return setmetatable(self, class)
end

--- Makes a master object.
-- @tparam ?integer family 4, 6 or nil
function tcp.new(family) return new(CLASSES.master, connection.new(), family) end

--- Makes the object of a connection that stands.
function tcp.client(conn, family) return new(CLASSES.client, conn, family) end

--- The place at which one waits for an object, or nil if it is none: a connection or a server.
function tcp.place_of(object)
  local class = type(object) == "table" and getmetatable(object)
  if class == CLASSES.server then return object._server end
  if class == CLASSES.client or class == CLASSES.master then return object._conn end
end

return tcp
