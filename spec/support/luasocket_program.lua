--- A program for LuaSocket and for ours: prints what each call gives. Its arguments: "theirs" or "ours", and the port
-- of a peer who does what a line tells him (luasocket_same_spec.lua).

local mode, peer_port = arg[1], tonumber(arg[2])
local socket = require(mode == "ours" and "uvnet.luasocket" or "socket")

-- ---- printing ----

local function text_of(value, seen)
  local kind = type(value)
  if kind == "string" then return ("%q"):format(value) end
  if kind == "number" then
    return value == math.floor(value) and ("%d"):format(value) or ("%.6f"):format(value)
  end
  if kind == "userdata" or kind == "table" and value.getfd then
    return (tostring(value):gsub(":.*", ""))
  end
  if kind ~= "table" or seen and seen[value] then return tostring(value):match("^%w+") end
  seen = seen or {}
  seen[value] = true
  local parts = {}
  for key, one in pairs(value) do
    parts[#parts + 1] = text_of(key, seen) .. "=" .. text_of(one, seen)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- Where it was raised, and what the function is called there, is not compared.
local function plain(message)
  if type(message) ~= "string" then return message end
  message = message:gsub("^[^%s:]+:%d+: ", ""):gsub("(bad argument #%d+) to '[^']*'", "%1")
  return (message:gsub("calling '[^']*' on bad self", "bad argument #1"))
end

-- More nils at the end are no difference.
local function show(label, ok, ...)
  local count = select("#", ...)
  while count > 0 and (select(count, ...)) == nil do
    count = count - 1
  end
  local parts = { label, ok and "gives" or "raises" }
  for i = 1, count do
    local value = select(i, ...)
    parts[#parts + 1] = ok and text_of(value) or plain(text_of(value))
  end
  print((table.concat(parts, "\t"):gsub("[^\n]*bad argument", ok and "%0" or label .. "\traises\tbad argument")))
end

local function try(label, object, method, ...)
  show(label, pcall(object[method], object, ...))
end

local function call(label, fn, ...) show(label, pcall(fn, ...)) end

-- ---- a peer of our own, and the one that does what he is told ----

local function pair()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local client = assert(socket.connect("127.0.0.1", port))
  local peer = assert(server:accept())
  server:close()
  client:settimeout(5)
  peer:settimeout(5)
  return client, peer
end

-- What has been sent must have come before one asks without waiting.
local function settle() socket.sleep(0.05) end

local function told(orders)
  local client = assert(socket.connect("127.0.0.1", peer_port))
  client:settimeout(10)
  assert(client:send(orders .. "\n"))
  return client
end

-- ---- receiving ----

local client, peer = pair()
peer:send("one\r\ntw\ro\r\r\n\nabcdefghij\nline\n")
try("a line", client, "receive")
try("carriage returns", client, "receive", "*l")
try("an empty line with a prefix", client, "receive", "*l", "pre")
try("bytes", client, "receive", 3)
try("a text for a number", client, "receive", "2")
try("bytes with a prefix", client, "receive", 5, "xyz")
try("a prefix as long", client, "receive", 3, "xyz")
try("a prefix that is longer", client, "receive", 2, "xyz")
try("a prefix that is a number", client, "receive", 4, 12)
try("no bytes", client, "receive", 0)
try("one and a half", client, "receive", 1.5)
try("the rest of the line", client, "receive")
for _, pattern in ipairs({ "*x", "l", "*n", "" }) do
  try("the pattern " .. pattern, client, "receive", pattern)
end
try("a negative number", client, "receive", -1)
try("a table", client, "receive", {})
try("a table as prefix", client, "receive", "*l", {})
client:settimeout(0.05)
try("what has come of a line", client, "receive")
try("nothing has come", client, "receive")
try("nothing, with a prefix", client, "receive", "*l", "pre")
try("nothing of a number", client, "receive", 5, "pre")
try("no bytes of nothing", client, "receive", 0)
peer:send("partial")
try("part of a number", client, "receive", 10)
peer:send("part\r")
try("part of a line with a prefix", client, "receive", "*l", "pre")
peer:send("part")
try("part of all", client, "receive", "*a", "pre")
peer:send("left over")
try("left over", client, "receive", 4)
try("is dirty", client, "dirty")
client:settimeout(0)
try("without waiting", client, "receive", 5)
try("without waiting, nothing", client, "receive", 5)
client:settimeout(5)
peer:send("last")
peer:shutdown("send")
try("up to the end", client, "receive", "*a")
try("all of nothing", client, "receive", "*a")
try("all of nothing, with a prefix", client, "receive", "*a", "pre")
try("a line after the end", client, "receive")
try("a line after the end, with a prefix", client, "receive", "*l", "pre")
try("bytes after the end", client, "receive", 5)
try("no bytes after the end", client, "receive", 0)
try("sending after the peer's end", client, "send", "still here\n")
try("is heard", peer, "receive")
try("sending after the own end", peer, "send", "x")
client:close()
peer:close()

client, peer = pair()
peer:send("no newline")
peer:close()
try("a line that the end cuts off", client, "receive", "*l", "pre")
client:close()
client, peer = pair()
peer:send("123")
peer:close()
try("bytes that the end cuts off", client, "receive", 5, "x")
client:close()

-- ---- sending ----

client, peer = pair()
for _, range in ipairs({
  { 3, 5 }, { -3 }, { 8, 3 }, { -2, -1 }, { 0, 99 }, { "2", "3" }, { 11 }, { -20, -19 }, { 5, 5 }, { 1, 0 }, { 2, -2 },
  { 99, 99 }, { 1, -11 },
}) do
  try(("send %s %s"):format(tostring(range[1]), tostring(range[2])), client, "send", "0123456789", range[1], range[2])
end
try("send a number", client, "send", 123)
try("send nothing", client, "send", "")
try("send no string", client, "send")
try("send a table", client, "send", {})
try("send to a table", client, "send", "x", {})
try("statistics of the sender", client, "setstats", 0, 0, 0)
client:close()
try("what came of it", peer, "receive", "*a")
call("received", function() return (peer:getstats()) end)
peer:close()

client, peer = pair()
peer:settimeout(0)
local total = 0
call("a peer who does not read", function()
  while true do
    local last, reason, so_far = peer:send(("x"):rep(100000))
    total = total + (last or so_far)
    if not last then return reason end
  end
end)
call("that nobody waits for", function() return peer:send("x") end)
-- What is not sent is not closed over, either.
if mode == "theirs" then
  peer:close()
  call("all of it arrives", function() return #client:receive("*a") == total end)
else
  call("all of it arrives", function()
    peer:close()
    return #client:receive("*a") == total
  end)
end
client:close()

-- ---- time ----

client = socket.tcp()
try("no limits", client, "gettimeout")
try("a limit of a wait", client, "settimeout", 2)
try("a limit of a call", client, "settimeout", "3", "t")
try("limits", client, "gettimeout")
try("no limit of a wait", client, "settimeout", nil)
try("a negative limit", client, "settimeout", -3, "total")
try("limits", client, "gettimeout")
try("an unknown limit", client, "settimeout", 1, "x")
try("a limit that is no number", client, "settimeout", "abc")
client:close()

client = told("slowly 100 40")
client:settimeout(0.2)
call("a wait is all of a call", function() return (select(2, client:receive(100))) end)
client:close()
client = told("slowly 100 40")
client:settimeout(0.2, "t")
call("a call", function() return (select(2, client:receive(100))) end)
client:close()
client = told("slowly 10 20")
client:settimeout(5)
client:settimeout(10, "t")
call("both, in time", function() return (client:receive(10)) end)
client:close()
client = told("slowly 100 40")
client:settimeout(5)
client:settimeout(0.2, "t")
call("both, too late", function() return (select(2, client:receive(100))) end)
client:close()

-- ---- ends ----

client = told("reset")
try("a reset", client, "receive")
try("once more", client, "receive")
try("sending into a reset", client, "send", "x")
client:close()
client = told("say bye\r\n")
try("before the end", client, "receive")
try("the end", client, "receive")
client:close()
try("closing twice", client, "close")
try("closed: receive", client, "receive")
try("closed: send", client, "send", "x")
try("closed: peer name", client, "getpeername")
try("closed: name", client, "getsockname")
try("closed: descriptor", client, "getfd")
try("closed: time", client, "settimeout", 1)
try("closed: dirty", client, "dirty")
try("closed", client, "shutdown")
client, peer = pair()
try("an unknown shutdown", client, "shutdown", "x")
try("shutdown", client, "shutdown", "send")
try("sending then", client, "send", "x")
try("the peer sees it", peer, "receive")
peer:send("to be read\n")
try("receiving then", client, "receive")
try("shutdown of the other side", client, "shutdown", "receive")
try("receiving after that", client, "receive")
try("shutdown of both", peer, "shutdown")
try("receiving after both", peer, "receive")
client:close()
peer:close()

-- ---- connecting ----

local server = assert(socket.bind("127.0.0.1", 0))
local address, port, family = server:getsockname()
call("the server's name", function() return address, tonumber(port) > 0, family end)
try("the server's peer", server, "getpeername")
try("a server that receives", server, "receive")
try("a server that sends", server, "send", "x")
server:settimeout(0.02)
try("nobody comes", server, "accept")
server:settimeout(0)
try("nobody has come", server, "accept")
server:settimeout(5)
call("in use", socket.bind, "127.0.0.1", port)
call("not ours", socket.bind, "192.0.2.1", 0)
call("no host to bind to", socket.bind, "no.such.host.invalid", 0)
call("everywhere", function()
  local everywhere = assert(socket.bind("*", 0))
  local where = everywhere:getsockname()
  everywhere:close()
  return where
end)
client = socket.tcp()
for _, method in ipairs({ "send", "receive", "accept", "getstats", "shutdown" }) do
  try("a master's " .. method, client, method, "x")
end
try("a master's listen", client, "listen")
try("a master's peer", client, "getpeername")
try("a master's name", client, "getsockname")
try("a master's descriptor", client, "getfd")
try("a master is dirty", client, "dirty")
try("a master's family", client, "getfamily")
call("is a master", function() return client end)
try("no address", client, "connect")
try("no port", client, "connect", "127.0.0.1")
try("refused", client, "connect", "127.0.0.1", 1)
call("is a client", function() return client end)
try("refused: receive", client, "receive")
try("refused: send", client, "send", "x")
try("no host", client, "connect", "no.such.host.invalid", 80)
try("connected", client, "connect", "127.0.0.1", port)
try("a client that binds", client, "bind", "127.0.0.1", 0)
try("a client that listens", client, "listen")
try("a client that accepts", client, "accept")
peer = server:accept()
call("the ends' names", function()
  local one, one_port, one_family = client:getsockname()
  local other, other_port, other_family = peer:getpeername()
  return one, tonumber(one_port) == other_port, one_family, other, other_family
end)
call("connect: refused", socket.connect, "127.0.0.1", 1)
call("connect: no host", socket.connect, "no.such.host.invalid", 1)
call("connect from elsewhere", socket.connect, "127.0.0.1", port, "192.0.2.1", 0)
call("connect from here", function()
  local one = assert(socket.connect("127.0.0.1", port, "127.0.0.1", 0))
  local name = one:getsockname()
  server:accept():close()
  one:close()
  return name
end)
call("a port that is none", function() return socket.tcp():connect("127.0.0.1", "no such service") end)
call("the wrong family", function() return socket.tcp4():connect("::1", port) end)
local master = socket.tcp4()
try("bind", master, "bind", "127.0.0.1", 0)
call("is a master still", function() return master end)
call("its name", function()
  local where, number, what = master:getsockname()
  return where, tonumber(number) > 0, what
end)
try("listen", master, "listen", 5)
call("is a server now", function() return master end)
master:close()
try("a closed server's name", master, "getsockname")

-- ---- options ----

master = socket.tcp4()
for _, option in ipairs({ "tcp-nodelay", "keepalive" }) do
  try(option .. " is off", client, "getoption", option)
  try(option .. " is set", client, "setoption", option, true)
  try(option .. " is on", client, "getoption", option)
  try(option .. " is off again", client, "setoption", option, false)
  try(option .. " is off now", client, "getoption", option)
  try(option .. " no boolean", client, "setoption", option, 1)
end
try("linger is off", client, "getoption", "linger")
try("linger is set", client, "setoption", "linger", { on = true, timeout = 3 })
try("linger is on", client, "getoption", "linger")
try("an unknown option", client, "setoption", "nothing", true)
try("an unknown option is asked for", client, "getoption", "nothing")
try("no option", client, "setoption")
master:close()

-- ---- select ----

local function names_of(r, w, reason)
  return #r, #w, r[client], r[peer], r[server], w[client], w[peer], w[server], reason
end
call("nothing to read", function() return names_of(socket.select({ client, peer, server }, nil, 0)) end)
call("all can be written", function() return names_of(socket.select(nil, { client, peer }, 1)) end)
peer:send("abc")
call("one can be read", function() return names_of(socket.select({ peer, client }, nil, 5)) end)
client:receive(1)
call("one is dirty", function() return names_of(socket.select({ client }, { client }, 5)) end)
client:receive(2)
peer:close()
settle()
call("an end can be read", function() return names_of(socket.select({ client }, nil, 5)) end)
local other = assert(socket.connect("127.0.0.1", port))
call("a connection can be accepted", function() return names_of(socket.select({ server }, nil, 5)) end)
server:accept():close()
other:close()
call("nothing", socket.select, nil, nil, 0)
call("empty", socket.select, {}, {}, 0)
call("what is no object", socket.select, { {} }, nil, 0)
call("no list", socket.select, 3)
client:close()
server:close()
call("closed ones", socket.select, { client, server }, nil, 0)

-- ---- exceptions and names ----

call("try", socket.try, 1, nil, 3)
call("try raises", socket.protect(function() socket.try(nil, "why", 3) end))
call("try of false", socket.protect(function() socket.try(false, "why") end))
call("try without a reason", socket.protect(function() socket.try(nil) end))
call("newtry", socket.protect(function() socket.newtry(function() error("unheard") end)(nil, "why") end))
call("protect gives", socket.protect(function(...) return ... end), 1, nil, 3)
call("protect raises", socket.protect(function() error("mine", 0) end))
call("protect raises a table", socket.protect(function() error({ "mine" }, 0) end))
call("one in another", socket.protect(function()
  return "outer", socket.protect(function() socket.try(nil, "inner") end)()
end))
call("skip", socket.skip, 2, 1, 2, 3, 4)
call("skip all", socket.skip, 9, 1, 2)
call("skip none", socket.skip, 0, 1, 2)
call("skip less", socket.skip, -1, 1)
call("an address", function() return (socket.dns.toip("127.0.0.1")) end)
call("an unknown name", socket.dns.toip, "no.such.host.invalid")
call("addresses", socket.dns.getaddrinfo, "127.0.0.1")
call("addresses of an unknown name", socket.dns.getaddrinfo, "no.such.host.invalid")
call("a name", function() return (socket.dns.tohostname("127.0.0.1")) end)
call("no name", socket.dns.tohostname, "192.0.2.1")
call("the name of no address", socket.dns.tohostname, "no.such.host.invalid")
call("a name and a service", socket.dns.getnameinfo, "127.0.0.1", "80")
call("this machine", socket.dns.gethostname)
call("the time", function() return math.abs(socket.gettime() - os.time()) < 2 end)

-- ---- LTN12 ----

client, peer = pair()
call("sinks and sources", function()
  local sink = socket.sink("close-when-done", client)
  local source = socket.source("until-closed", peer)
  local first = sink(("x"):rep(3000))
  local last = sink(nil)
  local chunks = {}
  for i = 1, 4 do
    chunks[i] = source() or false
    chunks[i] = chunks[i] and #chunks[i]
  end
  return first, last, chunks
end)
client, peer = pair()
call("by length", function()
  client:send("0123456789")
  local source = socket.source("by-length", peer, 5)
  return source(), source()
end)
call("keep open", function() return socket.sink("keep-open", client)(nil), client:send("x") end)
call("no such sink", socket.sink, "nothing", client)
client:close()
peer:close()
print("the end")
