-- What stress/oom.c runs while memory fails: it listens, connects, writes, reads, times out and closes, over TCP and
-- over a unix socket, by the fast paths and the slow one. Gives that as a function, and one that tidies up with memory
-- again.


-- LuaJIT's compiled code does not survive it when memory fails in it: lj_err_mem looks for the running function where
-- the interpreter was last, which may be overwritten by then. oom_luajit.lua shows that without the module; so the
-- module runs without the compiler here, and nowhere else.
if jit and not os.getenv("OOM_JIT") then jit.off() end

-- The modules run while memory fails, but are compiled before: that is Lua's own affair, and takes most of the time.
local listing = io.popen("cd lua && find uvnet -name '*.lua'")
for file in listing:lines() do
  local name = file:gsub("/init%.lua$", ""):gsub("%.lua$", ""):gsub("/", ".")
  package.preload[name] = assert(loadfile("lua/" .. file))
end
listing:close()

local net

local path = os.tmpname()
os.remove(path)
path = path .. ".s"

local open = {}
local function keep(object)
  open[#open + 1] = object
  return object
end

local BIG = ("0123456789abcdef"):rep(40000)

local function tcp_part()
  local server = keep(net.createServer(function(socket)
    socket:setTimeout(50)
    socket:on("error", function() end)
    socket:pipe(socket)
  end))
  server:listen(0, "127.0.0.1", function()
    local client = keep(net.connect(server:address().port, "localhost"))
    client:setTimeout(5, function() client:finish("bye") end)
    client:setNoDelay()
    client:on("connect", function()
      client:write("hello")
      client:write("world", function() client:write({ "one", "two", "three" }) end)
    end)
    client:on("error", function() end)
    local got = 0
    client:on("data", function(data) got = got + #data end)
    client:on("close", function() server:close() end)
  end)
end

local function unix_part()
  local server = keep(net.createServer({ allowHalfOpen = true }))
  server:on("connection", function(socket)
    local size = 0
    socket:setEncoding("hex")
    socket:on("data", function(data) size = size + #data end)
    socket:on("end", function() socket:finish(tostring(size)) end)
  end)
  server:listen(path)
  local client = keep(net.connect(path))
  client:write("before there is a connection")
  client:on("connect", function()
    client:cork()
    client:write("c3RyZXNz", "base64")
    client:write(BIG)
    client:uncork()
    client:finish("the end", function() end)
  end)
  client:on("data", function() end)
  client:once("close", function() server:close() end)
end

local function failing_part()
  keep(net.connect(1, "127.0.0.1")):on("error", function() end)
  keep(net.connect("/nowhere/at/all")):on("error", function() end)
  local destroyed = keep(net.connect(1, "127.0.0.1"))
  destroyed:write("never sent", function() end)
  destroyed:destroy()
  net.dns.lookup("localhost", { all = true }, function() end)
end

local function timers_part()
  local timers = net.timers
  timers.setTimeout(function() timers.setImmediate(function() end, 1, 2) end, 1)
  local left = 3
  local interval
  interval = timers.setInterval(function()
    left = left - 1
    if left == 0 then interval:close() end
  end, 1)
  timers.nextTick(function(a, b, c) return a, b, c end, 1, 2, 3)
end

local function script()
  net = require("uvnet")
  tcp_part()
  unix_part()
  failing_part()
  timers_part()
  net.run()
end

local function nothing() end

-- A server that still listens has to accept: libuv is deaf until a connection that it has announced is taken.
local function ask_servers(core)
  for _, server in ipairs(core.open_objects()) do
    local where = server.listen and server.listening and server:address()
    if where then
      local heard
      server:removeAllListeners("connection"):on("connection", function(socket)
        heard = true
        socket:on("error", nothing):destroy()
      end)
      server:removeAllListeners("error"):on("error", nothing)
      local client = type(where) == "table" and net.connect(where.port, "127.0.0.1") or net.connect(where)
      open[#open + 1] = client
      client:on("error", nothing)
      for _ = 1, 1000 do
        if heard then break end
        pcall(net.run, "nowait")
      end
      if not heard then error("a server does not accept any more") end
    end
  end
end

-- What the error has left is the program's to close: each object that the core still has is found by open_objects.
local function tidy()
  local raised
  -- Lua 5.1 does not load a module again that has failed, unless it is made to forget it.
  for name, value in pairs(package.loaded) do
    if name:find("^uvnet") and type(value) ~= "table" then package.loaded[name] = nil end
  end
  local core = require("uvnet.core")
  net = require("uvnet")
  ask_servers(core)
  for _ = 1, 100 do
    for _, object in ipairs(core.open_objects()) do
      open[#open + 1] = object
    end
    for _, object in ipairs(open) do
      object:removeAllListeners("close")
      object:removeAllListeners("data")
      object:removeAllListeners("error"):on("error", function() end)
      if object.destroy then object:destroy() else object:close() end
    end
    open = {}
    collectgarbage()
    collectgarbage()
    local ok, err = pcall(net.run, "nowait")
    if not ok then raised = err end
    if core.open_handles() == 0 then break end
  end
  net = nil
  os.remove(path)
  if core.open_handles() ~= 0 then error(core.open_handles() .. " handles are left open, " .. tostring(raised)) end
end

return script, tidy
