--- The printed programs that serve, against peers that end their side early and read slowly, send a byte at a time, or
-- break off: every byte that was written before the end is delivered.

local blocks = require("spec.support.blocks")
local child = require("spec.support.child")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"
local PATIENCE = 60000 -- ms

local function lines(count, format)
  local list = {}
  for i = 1, count do
    list[i] = format:format(i)
  end
  return table.concat(list)
end

local unpack = table.unpack or unpack -- luacheck: ignore 113 143
local load_text = loadstring or load -- luacheck: ignore 113

-- In lines that are not all the same, so that what is missing in the middle is missed.
local function much(size)
  local text = lines(math.floor(size / 16) + 1, "%014d.\n")
  return text:sub(1, size)
end

-- A program that is printed, or an example: gives back the child, and the port that it serves at.
local function start(one, directory)
  local addresses = blocks.addresses()
  if one.backend then addresses.ports[2] = one.backend end
  if one.example then
    local arguments = { 0, one.backend, one.backend and HOST }
    local program = child.start(child.example(one.example, unpack(arguments, 1, 3)))
    return program, tonumber(program:waitFor("listening on .-:(%d+)\n"))
  end
  local main
  for _, block in ipairs(blocks.of(one.document)) do
    local text = blocks.program(block, addresses)
    if block.name then
      blocks.save(directory, block.name, text)
    elseif not main and block.heading == one.heading then
      -- Its own clients are not wanted here.
      if one.without then text = text:gsub(one.without, "%1)\n") .. "net.run()\n" end
      main = blocks.save(directory, "main.lua", text)
    end
  end
  return child.start(blocks.command(directory, main), { directory = directory }), addresses.ports[1]
end

-- Connects as soon as somebody listens.
local function connect(port, options)
  local tries, client = 0, nil
  local connected = false
  local function try()
    tries = tries + 1
    options.port, options.host = port, HOST
    client = net.connect(options)
    client:on("connect", function() connected = true end)
    client:on("error", function()
      if not connected and tries < 500 then timers.setTimeout(try, 10) end
    end)
  end
  try()
  testing.run(function() return connected end, PATIENCE)
  return client
end

-- All that comes until the end, and whether it was one.
local function collect(client, take)
  local parts, ended = {}, false
  client:on("data", function(data)
    parts[#parts + 1] = data
    if take then take() end
  end)
  client:on("end", function() ended = true end)
  client:on("close", function() client.wasClosed = true end)
  return function()
    testing.run(function() return client.wasClosed end, PATIENCE)
    assert.is_true(ended, "the connection broke")
    return table.concat(parts)
  end
end

-- Who sends all, ends his side, does something else for a while, and then reads a piece now and then.
local function slow_reader(port, request)
  local client = connect(port, { allowHalfOpen = true })
  client:pause()
  client:finish(request)
  local rest = collect(client, function()
    client:pause()
    timers.setTimeout(function() client:resume() end, 1)
  end)
  timers.setTimeout(function() client:resume() end, 100)
  return rest()
end

local function byte_by_byte(port, request)
  local client = connect(port, { allowHalfOpen = true, noDelay = true })
  local rest = collect(client)
  local at = 0
  local function send()
    at = at + 1
    if at > #request then return client:finish() end
    client:write(request:sub(at, at))
    timers.setImmediate(send)
  end
  send()
  return rest()
end

local function breaks_off(port, request)
  local client = connect(port, {})
  client:pause()
  client:write(request:sub(1, math.floor(#request / 2)))
  local gone = false
  client:on("close", function() gone = true end)
  timers.setTimeout(function() client:resetAndDestroy() end, 20)
  testing.run(function() return gone end, PATIENCE)
end

local function same(text) return text end
local VALUE = ("v"):rep(60000)
local BODY = much(4 * 1024 * 1024)

local SERVERS = {
  { document = "README.md", heading = "5. Back-pressure", answer = function() return lines(100000, "%d\n") end },
  { document = "README.md", heading = "6. A proxy", proxy = true },
  { document = "README.md", heading = "7. Lines",
    requests = { lines(20000, "line %d\n"), "one\ntwo\r\nthree\n", "one\nno end" },
    answer = function(request) return (request:gsub("\r", ""):gsub("[^\n]$", "%0\n"):upper()) end },
  { document = "README.md", heading = "8. Several servers", requests = { much(3000000), "abc" }, answer = same },
  { document = "docs/protocol-server.md", heading = "The server",
    requests = { "PUT a 60000\n" .. VALUE .. ("GET a\n"):rep(100), "PUT a 3\r\nxyzGET a\nGET b\n" },
    answer = function(request)
      if #request > 60000 then return "OK\r\n" .. ("VALUE 60000\r\n" .. VALUE):rep(100) end
      return "OK\r\nVALUE 3\r\nxyzNONE\r\n"
    end },
  { document = "docs/coroutines.md", heading = "A server and a client that wait", without = "(server:listen%(.-),.*$",
    requests = { "Lua\n", "a slow one\n" },
    answer = function(request) return "Who are you?\n3\n2\n1\nHello, " .. request:gsub("\n", "") .. "!\n" end },
  { document = "docs/security.md", heading = "A server that withstands", without = "(server:listen%(.-),.*$",
    requests = { lines(50, "line %d\n"), "one\n" }, answer = string.upper },
  { example = "echo_server", requests = { much(3000000), "abc" },
    answer = function(request) return "hello\r\n" .. request end },
  { example = "kv_server",
    requests = { "SET a " .. ("v"):rep(4000) .. "\n" .. ("GET a\n"):rep(3000), "SET a b\nGET a\n" },
    answer = function(request)
      if #request > 4000 then return "OK\n" .. ("VALUE " .. ("v"):rep(4000) .. "\n"):rep(3000) end
      return "OK\nVALUE b\n"
    end },
  { example = "proxy", proxy = true },
}

describe("a printed program that serves,", function()
  local directory

  setup(function() directory = blocks.directory() end)
  teardown(function() blocks.remove(directory) end)
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  for _, one in ipairs(SERVERS) do
    local name = one.example and "examples/" .. one.example .. ".lua" or one.document .. ": " .. one.heading
    it(name .. ", delivers what was written before the end", function()
      local backend
      local requests, answer = one.requests or { "", "" }, one.answer
      if one.proxy then
        -- It has sent all, and is gone, while the end of it is still under way.
        requests, answer = { "request", "byte by byte" }, function(request) return request .. BODY end
        backend = net.createServer({ allowHalfOpen = true }, function(socket)
          local got = ""
          socket:on("data", function(data) got = got .. data end)
          socket:on("end", function() socket:finish(got .. BODY) end)
          socket:on("error", function() end)
        end)
        backend:listen(0, HOST)
        testing.wait(backend, "listening")
        one.backend = backend:address().port
      end
      local program, port = start(one, directory)
      for i, request in ipairs(requests) do
        for _, peer in ipairs({ slow_reader, i == 2 and byte_by_byte or slow_reader }) do
          breaks_off(port, request)
          local expected, got = answer(request), peer(port, request)
          assert.equal(#expected, #got)
          assert.is_true(expected == got)
        end
      end
      assert.is_nil(program:status(), program:errors())
      if backend then backend:close() end
    end)
  end
end)

-- The end, which the system has not taken yet, is what is lost first: a little more than it takes, for a late reader.
describe("a printed proxy", function()
  testing.leakCheck(before_each, after_each)

  -- Runs it in this process: gives back its server, and a function that gives the socket of its latest client.
  local function run_here(text, backend_port)
    local server, latest
    local ours = setmetatable({ run = function() end }, { __index = net })
    function ours.createServer(options, listener)
      server = net.createServer(options, function(socket)
        latest = socket
        return listener(socket)
      end)
      return server
    end
    local place = package.loaded.net
    package.loaded.net = ours
    local arguments = rawget(_G, "arg")
    rawset(_G, "arg", { "0", tostring(backend_port), HOST })
    local print = print
    rawset(_G, "print", function() end)
    local ok, err = pcall(function()
      assert(load_text(text))()
      testing.wait(server, "listening")
    end)
    rawset(_G, "arg", arguments)
    rawset(_G, "print", print)
    package.loaded.net = place
    assert(ok, err)
    return server, function() return latest end
  end

  local function text_of(path)
    local file = assert(io.open(path))
    local text = file:read("*a"):gsub('io.stdout:setvbuf%("line"%)', "")
    file:close()
    return text
  end

  for _, name in ipairs({ "README.md", "examples/proxy.lua" }) do
    it("delivers the end to one who reads it later: " .. name, function()
      local size
      local backend = net.createServer({ allowHalfOpen = true }, function(socket)
        socket:on("error", function() end)
        socket:resume()
        socket:on("end", function() socket:finish(("x"):rep(size)) end)
      end)
      backend:listen(0, HOST)
      testing.wait(backend, "listening")
      local text
      if name == "README.md" then
        for _, block in ipairs(blocks.of(name)) do
          if block.heading == "6. A proxy" then
            text = blocks.program(block, { ports = { testing.freePort(), backend:address().port }, path = "-" })
          end
        end
        text = text:gsub('io.stdout:setvbuf%("line"%)', "")
      else
        text = text_of(name)
      end
      local server, latest = run_here(text, backend:address().port)

      -- How much has come in the end, and how much the system had taken before anything was read.
      local function ask(bytes)
        size = bytes
        local client, got, taken, is_over = net.connect(server:address().port, HOST), 0, nil, false
        client:pause()
        client:finish("request")
        local poll
        poll = timers.setInterval(function()
          local handle = latest() and latest()._handle
          if handle then
            local now = latest().bytesWritten - handle:pending()
            local is_steady = now > 0 and now == taken
            taken = now
            if not is_steady then return end
          elseif not taken or taken == 0 then
            return
          end
          -- Nothing more is taken: now it reads.
          poll:close()
          client:on("data", function(data) got = got + #data end)
          client:resume()
        end, 50)
        client:on("close", function() is_over = true end)
        testing.run(function() return is_over end, PATIENCE)
        return got, taken
      end

      local all, capacity = ask(20 * 1024 * 1024)
      assert.equal(20 * 1024 * 1024, all)
      for more = -4000, 60000, 8000 do
        assert.equal(capacity + more, (ask(capacity + more)))
      end
      server:close()
      backend:close()
    end)
  end
end)
