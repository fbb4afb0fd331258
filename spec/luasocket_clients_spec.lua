--- Client libraries that were written for LuaSocket, unmodified, against real servers: 100 at once on one loop.

local child = require("spec.support.child")
local luasocket = require("uvnet.luasocket")
local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async = net.async

local HOST = "127.0.0.1"
local COUNT = 100

-- ---- finding the libraries ----

local NAMES = {
  "socket", "socket.core", "socket.unix", "socket.http", "socket.url", "socket.tp", "socket.smtp", "socket.headers",
  "ltn12", "mime", "redis",
}

-- Those in Lua that Debian has for some Luas only run on the others, too.
local ELSEWHERE = "/usr/share/lua/5.4/?.lua;/usr/share/lua/5.3/?.lua;/usr/share/lua/5.1/?.lua"

-- A library may require LuaSocket as late as when it connects: ours stands in its place as long as these specs run.
local before = {}
local fields = {} -- that ours has before others put theirs there

local function install()
  for name in pairs(luasocket) do
    fields[name] = true
  end
  for _, one in ipairs(NAMES) do
    before[one] = { package.loaded[one], package.preload[one] }
    package.loaded[one] = nil
  end
  before.path = package.path
  package.path = package.path .. ";" .. ELSEWHERE
  luasocket.install()
end

local function uninstall()
  for name in pairs(luasocket) do
    if not fields[name] then luasocket[name] = nil end
  end
  package.path = before.path
  for _, one in ipairs(NAMES) do
    package.loaded[one], package.preload[one] = before[one][1], before[one][2]
  end
end

-- nil if it is not installed.
local function load_library(name)
  local ok, library = pcall(require, name)
  return ok and library or nil
end

local redis, http, smtp, ltn12

-- Runs a function in so many tasks at once, to their end.
local function all_at_once(count, fn)
  local tasks = {}
  for i = 1, count do
    tasks[i] = async.run(fn, i)
  end
  return async.all(tasks)
end

-- ---- Redis ----

-- A server of our own, on a port that nobody else has.
local function start_redis()
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir -p " .. directory))
  for _ = 1, 5 do
    local probe = assert(luasocket.bind(HOST, 0))
    local _, port = probe:getsockname()
    probe:close()
    local path = directory .. "/socket"
    local command = "env -u LD_PRELOAD redis-server --port %d --bind %s --save '' --dir %s --unixsocket %s"
    local program = child.start(command:format(port, HOST, directory, path))
    local ready = child.poll(function()
      if program:status() then return true end
      return program:output():find("Ready to accept connections", 1, true) ~= nil
    end, 20000)
    if ready and not program:status() then
      return port, path, function()
        program:kill()
        child.poll(function() return program:status() end)
        os.execute("rm -rf " .. directory)
      end
    end
  end
  error("redis-server does not start")
end

describe("lua-redis over uvnet.luasocket", function()
  local port, path, stop

  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  setup(function()
    install()
    redis = child.has("redis-server") and load_library("redis")
    if redis then
      port, path, stop = start_redis()
    end
  end)

  teardown(function()
    if stop then stop() end
    child.cleanup()
    uninstall()
  end)

  local function it_can(what, fn)
    it(what, function()
      if not redis then return pending("needs lua-redis and redis-server") end
      return fn()
    end)
  end

  it_can("serves 100 tasks at once", function()
    local most, now = 0, 0
    all_at_once(COUNT, function(i)
      local client = redis.connect(HOST, port)
      now = now + 1
      most = math.max(most, now)
      for j = 1, 5 do
        assert.is_true(client:set("key " .. i, ("value %d\r\n"):format(j):rep(i)))
        assert.equal(("value %d\r\n"):format(j):rep(i), client:get("key " .. i))
        client:incr("count")
      end
      client:rpush("list " .. i, "a", "b", "c")
      assert.same({ "a", "b", "c" }, client:lrange("list " .. i, 0, -1))
      assert.is_nil(client:get("nothing"))
      now = now - 1
      client:quit()
    end)
    assert.is_true(most > 1)
    local client = redis.connect(HOST, port)
    assert.equal(tostring(COUNT * 5), client:get("count"))
    client:quit()
  end)

  it_can("serves 100 more over a unix socket", function()
    all_at_once(COUNT, function(i)
      local client = redis.connect({ scheme = "unix", path = path })
      client:set("unix " .. i, i)
      assert.equal(tostring(i), client:get("unix " .. i))
      client:quit()
    end)
  end)

  it_can("lets half of them wait for the others", function()
    local got = {}
    local waiting = {}
    for i = 1, COUNT / 2 do
      waiting[i] = async.run(function()
        local client = redis.connect(HOST, port)
        got[i] = client:blpop("queue " .. i, 30)
        client:quit()
      end)
    end
    all_at_once(COUNT / 2, function(i)
      async.sleep(20)
      local client = redis.connect(HOST, port)
      client:rpush("queue " .. i, "for " .. i)
      client:quit()
    end)
    async.all(waiting)
    for i = 1, COUNT / 2 do
      local value = type(got[i]) == "table" and got[i][2] or got[i]
      assert.truthy(value, i)
    end
  end)

  it_can("is told of errors, and that nobody is there", function()
    local task = async.run(function()
      local client = redis.connect(HOST, port)
      client:set("text", "no number")
      local ok, err = async.pcall(client.incr, client, "text")
      assert.is_false(ok)
      assert.truthy(tostring(err):find("redis error", 1, true))
      assert.is_true(client:ping())
      client:quit()
    end)
    task:await()
    local probe = assert(luasocket.bind(HOST, 0))
    local _, free = probe:getsockname()
    probe:close()
    assert.truthy(raised(redis.connect, HOST, free):find("connection refused", 1, true))
  end)

  it_can("is out of time when it says so", function()
    local client = redis.connect({ host = HOST, port = port, timeout = 0.05 })
    assert.truthy(raised(client.blpop, client, "never", 0):find("timeout", 1, true))
    client.network.socket:close()
  end)

  it_can("does transactions in the main program, in a coroutine of its own", function()
    local client = redis.connect(HOST, port)
    local replies = client:transaction(function(transaction)
      transaction:set("one", 1)
      transaction:get("one")
    end)
    assert.equal("1", replies[2])
    client:quit()
  end)

  it_can("does them in a task by MULTI and EXEC", function()
    async.run(function()
      local client = redis.connect(HOST, port)
      client:multi()
      assert.is_true(client:set("two", 2).queued)
      assert.is_true(client:get("two").queued)
      assert.equal("2", client:exec()[2])
      client:quit()
    end):await()
  end)
end)

-- ---- HTTP ----

-- Answers "METHOD path body". `/held` waits until so many are there.
local function http_server(count)
  local there, waiting = 0, {}
  local function answer(socket, status, headers, body)
    socket:writeAll(("HTTP/1.1 %s\r\n%sConnection: close\r\n\r\n%s"):format(status, headers, body))
  end
  local server = net.createServer(async.wrap(function(socket)
    local method, path = socket:readLine():match("^(%S+) (%S+)")
    local headers = {}
    local line = socket:readLine()
    while line ~= "" do
      local name, value = line:match("^(.-):%s*(.*)$")
      headers[name:lower()] = value
      line = socket:readLine()
    end
    local body = ""
    if headers["content-length"] then
      body = tonumber(headers["content-length"]) > 0 and socket:readExactly(tonumber(headers["content-length"])) or ""
    elseif headers["transfer-encoding"] == "chunked" then
      local size = tonumber(socket:readLine(), 16)
      while size > 0 do
        body = body .. socket:readExactly(size)
        socket:readLine()
        size = tonumber(socket:readLine(), 16)
      end
    end
    local text = ("%s %s %s"):format(method, path, body)
    if path == "/moved" then return answer(socket, "302 Found", "Location: /there\r\n", "") end
    if path == "/missing" then return answer(socket, "404 Not Found", "Content-Length: 2\r\n", "no") end
    if path == "/silent" then return async.sleep(500) end
    if path == "/cut" then return answer(socket, "200 OK", "Content-Length: 100\r\n", "only this") end
    if path == "/chunked" then
      local half = math.floor(#text / 2)
      return answer(socket, "200 OK", "Transfer-Encoding: chunked\r\n", ("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"):format(
        half, text:sub(1, half), #text - half, text:sub(half + 1)
      ))
    end
    if path:find("^/held") then
      there = there + 1
      local queue = async.queue()
      waiting[#waiting + 1] = queue
      if there == count then
        for _, one in ipairs(waiting) do
          one:put(true)
        end
      end
      queue:take()
    end
    answer(socket, "200 OK", ("Content-Length: %d\r\n"):format(#text), text)
  end))
  server:listen(0, HOST)
  async.once(server, "listening")
  return server, ("http://%s:%d"):format(HOST, server:address().port)
end

describe("LuaSocket's http over uvnet.luasocket", function()
  setup(function()
    install()
    http, ltn12 = load_library("socket.http"), load_library("ltn12")
  end)

  teardown(uninstall)
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  local function it_can(what, fn)
    it(what, function()
      if not http then return pending("needs LuaSocket's modules for this Lua") end
      return fn()
    end)
  end

  it_can("asks 100 times at once: the server answers when all have asked", function()
    local server, url = http_server(COUNT)
    all_at_once(COUNT, function(i)
      local body, status = http.request(url .. "/held" .. i)
      assert.same({ ("GET /held%d "):format(i), 200 }, { body, status })
    end)
    server:close()
  end)

  it_can("asks from the main program", function()
    local server, url = http_server()
    local body, status, headers = http.request(url .. "/here")
    assert.same({ "GET /here ", 200, "close" }, { body, status, headers.connection })
    server:close()
  end)

  it_can("posts, follows, and takes chunks and what is missing", function()
    local server, url = http_server()
    async.run(function()
      local long = ("0123456789"):rep(100000)
      assert.is_true("POST /post " .. long == http.request(url .. "/post", long))
      assert.equal("GET /there ", (http.request(url .. "/moved")))
      local body, status = http.request(url .. "/missing")
      assert.same({ "no", 404 }, { body, status })
      local parts = {}
      assert.equal(1, (http.request({
        url = url .. "/chunked",
        method = "PUT",
        source = ltn12.source.string(long),
        headers = { ["transfer-encoding"] = "chunked" },
        sink = ltn12.sink.table(parts),
      })))
      assert.is_true("PUT /chunked " .. long == table.concat(parts))
      assert.same({ "closed" }, { select(2, http.request(url .. "/cut")) })
    end):await()
    server:close()
  end)

  it_can("is told what is in the way", function()
    local server, url = http_server()
    local timeout = http.TIMEOUT
    http.TIMEOUT = 0.05
    local body, reason = async.run(http.request, url .. "/silent"):await()
    http.TIMEOUT = timeout
    assert.same({ nil, "timeout" }, { body, reason })
    server:close()
    async.once(server, "close")
    body, reason = async.run(http.request, url):await()
    assert.same({ nil, "connection refused" }, { body, reason })
  end)
end)

-- ---- SMTP ----

local function smtp_server(mails)
  local server = net.createServer(async.wrap(function(socket)
    socket:writeAll("220 ready\r\n")
    local mail = { to = {} }
    while true do
      local line = socket:readLine()
      if not line then return end
      local command, rest = line:match("^(%a+):?%s*(.*)$")
      if command == "EHLO" then
        socket:writeAll("250-here\r\n250-8BITMIME\r\n250 SIZE\r\n")
      elseif command == "RCPT" then
        mail.to[#mail.to + 1] = rest
        socket:writeAll(rest:find("nobody", 1, true) and "550 unknown\r\n" or "250 ok\r\n")
      elseif command == "DATA" then
        socket:writeAll("354 go ahead\r\n")
        mail.text = socket:readUntil("\r\n.\r\n"):gsub("\r\n%.", "\r\n")
        mails[#mails + 1] = mail
        socket:writeAll("250 queued\r\n")
      elseif command == "QUIT" then
        return socket:writeAll("221 bye\r\n")
      else
        socket:writeAll("250 ok\r\n")
      end
    end
  end))
  server:listen(0, HOST)
  async.once(server, "listening")
  return server, server:address().port
end

describe("LuaSocket's smtp over uvnet.luasocket", function()
  setup(function()
    install()
    smtp = load_library("socket.smtp")
  end)

  teardown(uninstall)
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  it("sends 100 mails at once", function()
    if not smtp then return pending("needs LuaSocket's modules for this Lua") end
    local mails = {}
    local server, port = smtp_server(mails)
    all_at_once(COUNT, function(i)
      local ok, reason = smtp.send({
        from = "<me@here>",
        rcpt = { "<you@there>", "<them@there>" },
        server = HOST,
        port = port,
        source = smtp.message({ headers = { subject = "number " .. i }, body = "line\r\n.a dot\r\n" .. i .. "\r\n" }),
      })
      assert.equal(1, ok, reason)
    end)
    assert.equal(COUNT, #mails)
    local seen = {}
    for _, mail in ipairs(mails) do
      assert.equal(2, #mail.to)
      local number = mail.text:match("\r\n\r\nline\r\n%.a dot\r\n(%d+)%s*$")
      assert.truthy(mail.text:lower():find("subject: number " .. number, 1, true))
      seen[number] = true
    end
    for i = 1, COUNT do
      assert.is_true(seen[tostring(i)])
    end
    async.run(function()
      local ok, reason = smtp.send({
        from = "<me@here>", rcpt = "<nobody@there>", server = HOST, port = port, source = function() end,
      })
      assert.same({ nil, "550 unknown" }, { ok, reason })
    end):await()
    server:close()
  end)
end)
