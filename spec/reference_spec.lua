--- Statements of Node's documentation of `net` that need more than two sockets to show: what the system has been told,
-- descriptors that others have opened, files that outlive their server.

local child = require("spec.support.child")
local core = require("uvnet.core")
local lfs = require("lfs")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")
local tree = require("spec.support.tree")

local HOST = sockets.HOST
local collect = sockets.collect
local raised = sockets.raised
local serve = sockets.serve

local function nothing() end

-- A program is left out where it is missing.
local function has(program)
  if child.has(program) then return true end
  pending(program .. " is not here")
  return false
end

-- A Lua program with a socket that perl has made: `perl` is what happens to `$s`, its descriptor is FD. A memory
-- checker is to look at the Lua only.
local function with_perl_socket(perl, code)
  local before = "use Socket; $^F = 255; socket(my $s, PF_INET, SOCK_STREAM, 0) or die; "
  local after = " $ENV{FD} = fileno($s); $ENV{LD_PRELOAD} = $ENV{PRELOAD} if $ENV{PRELOAD}; exec @ARGV or die"
  return 'env -u LD_PRELOAD "PRELOAD=$LD_PRELOAD" perl -e ' .. child.quote(before .. perl .. after) .. " "
    .. child.lua("-e", code)
end

-- What the kernel shows of a connection in a column of /proc/net/tcp.
local function kernel_shows(socket, column)
  for line in tree.read("/proc/net/tcp"):gmatch("[^\n]+") do
    local fields = {}
    for field in line:gmatch("%S+") do
      fields[#fields + 1] = field
    end
    local ours = (":%04X"):format(socket.localPort)
    local theirs = (":%04X"):format(socket.remotePort)
    if fields[2] and fields[2]:sub(-5) == ours and fields[3]:sub(-5) == theirs then return fields[column] end
  end
end

-- The seconds until the kernel's first keep-alive probe, or nil.
local function seconds_until_probe(socket)
  local timer, ticks = kernel_shows(socket, 6):match("^(%x%x):(%x+)$")
  return timer == "02" and tonumber(ticks, 16) / 100 or nil
end

-- The kernel's table may be long, and seconds pass while it is read on a busy machine.
local function is_nearly(expected, seconds)
  assert.is_true(seconds ~= nil and seconds < expected + 1 and seconds > expected - 28, tostring(seconds))
end

describe("the reference", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  it("is the module net, and uvnet", function()
    assert.equal(require("uvnet"), net)
    for _, name in ipairs({
      "createServer", "createConnection", "connect", "isIP", "isIPv4", "isIPv6", "Server", "Socket",
    }) do
      assert.is_truthy(net[name], name)
    end
    assert.equal(net.createConnection, net.connect)
    assert.equal(net.Socket, net.Stream) -- Node's old name
  end)

  describe("of net.Server", function()
    -- The length of the queue, as `ss` shows it.
    local function queue(server, ...)
      server:listen(...)
      testing.wait(server, "listening")
      local address = server:address()
      local output = child.run("env -u LD_PRELOAD ss -Hltnx")
      local wanted = type(address) == "string" and address or HOST .. ":" .. address.port
      server:close()
      testing.run()
      for line in output:gmatch("[^\n]+") do
        for word in line:gmatch("%S+") do
          if word == wanted then return tonumber(line:match("LISTEN%s+%d+%s+(%d+)")) end
        end
      end
    end

    it("queues 511 connections, or backlog many", function()
      if not has("ss") then return end
      local limit = tonumber(tree.read("/proc/sys/net/core/somaxconn"))
      local server = net.createServer()
      assert.equal(math.min(511, limit), queue(server, 0, HOST))
      assert.equal(7, queue(server, 0, HOST, 7))
      assert.equal(9, queue(server, { port = 0, host = HOST, backlog = 9 }))
      assert.equal(math.min(511, limit), queue(server, testing.tmpPath()))
      assert.equal(3, queue(server, testing.tmpPath(), 3))
      assert.equal(5, queue(server, { path = testing.tmpPath(), backlog = 5 }))
      -- The system has the last word.
      assert.equal(limit, queue(server, 0, HOST, limit + 1000))
    end)

    it("listens on 0.0.0.0 where there is no IPv6", function()
      local tcp = core.tcp
      local server = net.createServer()
      core.tcp = function() -- luacheck: ignore 122
        core.tcp = tcp -- luacheck: ignore 122
        return nil, "EAFNOSUPPORT", -97, "address family not supported"
      end
      server:listen(0)
      core.tcp = tcp -- luacheck: ignore 122
      testing.wait(server, "listening")
      assert.equal("0.0.0.0", server:address().address)
      assert.equal("IPv4", server:address().family)
      server:close()
    end)

    it("listens on a descriptor", function()
      if not has("perl") then return end
      local program = child.start(with_perl_socket(
        'bind($s, sockaddr_in(0, inet_aton("127.0.0.1"))) or die;',
        [[
          local net = require("net")
          local server
          server = net.createServer(function(socket)
            socket:resume()
            socket:finish("from the descriptor")
            server:close()
          end)
          server:listen({ fd = tonumber(os.getenv("FD")) }, function()
            io.stdout:write("port ", server:address().port, "\n")
            io.stdout:flush()
          end)
          net.run()
        ]]
      ))
      local port = tonumber(program:waitFor("port (%d+)\n"))
      local client = net.connect(port, HOST)
      local chunks = collect(client)
      testing.wait(client, "close")
      assert.equal("from the descriptor", table.concat(chunks))
      assert.equal(0, program:wait())
    end)

    it("refuses a handle of another module", function()
      local server = net.createServer()
      for _, what in ipairs({ io.stdout, { _handle = io.stdout } }) do
        assert.equal("ERR_INVALID_ARG_VALUE", raised(server.listen, server, what).code)
        assert.is_false(server.listening)
      end
      server:listen(0, HOST)
      testing.wait(server, "listening")
      server:close()
    end)

    it("leaves its file behind when it is killed", function()
      local path = testing.tmpPath()
      local program = child.start(child.lua("-e", ([[
        local net = require("net")
        net.createServer():listen(%q, function()
          io.stdout:write("listening\n")
          io.stdout:flush()
        end)
        net.run()
      ]]):format(path)))
      program:waitFor("listening\n")
      program:kill("KILL")
      program:wait()
      assert.equal("socket", lfs.attributes(path, "mode"))
      local err = testing.wait(net.connect(path), "error")
      assert.equal("connect ECONNREFUSED " .. path, err.message)
      local server = net.createServer()
      server:listen(path)
      assert.equal("EADDRINUSE", testing.wait(server, "error").code)
      os.remove(path)
      server:listen(path)
      testing.wait(server, "listening")
      server:close()
    end)
  end)

  describe("of net.Socket", function()
    it("reads a descriptor", function()
      local output, status, errors = child.run("echo from the shell | " .. child.lua("-e", [[
        local net = require("net")
        local socket = net.Socket({ fd = 0, readable = true, writable = false })
        io.write(tostring(socket.readable), " ", tostring(socket.writable), " ", socket.readyState, "\n")
        for _, event in ipairs({ "data", "end", "close" }) do
          socket:on(event, function(value) io.write(event, " ", tostring(value), "\n") end)
        end
        net.run()
      ]]))
      assert.equal("", errors)
      assert.equal("true false readOnly\ndata from the shell\n\nend nil\nclose false\n", output)
      assert.equal(0, status)
    end)

    it("writes to a descriptor", function()
      local output, _, errors = child.run(child.lua("-e", [[
        local net = require("net")
        local socket = net.Socket({ fd = 1, readable = false, writable = true })
        io.stderr:write(tostring(socket.readable), " ", tostring(socket.writable), " ", socket.readyState, "\n")
        socket:finish("to the shell\n")
        net.run()
      ]]) .. " | env -u LD_PRELOAD cat")
      assert.equal("false true writeOnly\n", errors)
      assert.equal("to the shell\n", output)
    end)

    it("reads and writes a connection", function()
      if not has("perl") then return end
      local server, port = serve()
      local program = child.start(with_perl_socket(
        ('connect($s, sockaddr_in(%d, inet_aton("127.0.0.1"))) or die;'):format(port),
        [[
          local net = require("net")
          local socket = net.Socket({ fd = tonumber(os.getenv("FD")) })
          io.write(socket.readyState, " ", tostring(socket.remotePort == tonumber("]] .. port .. [[")), "\n")
          socket:on("data", function(data)
            io.write(data, "\n")
            socket:finish("answer")
          end)
          net.run()
        ]]
      ))
      local accepted = testing.wait(server, "connection")
      server:close()
      accepted:write("question")
      local chunks = collect(accepted)
      testing.wait(accepted, "close")
      assert.equal("answer", table.concat(chunks))
      assert.equal(0, program:wait())
      assert.equal("open true\nquestion\n", program:output())
    end)

    it("ignores readable and writable without fd", function()
      local server, port = serve(function(socket) socket:pipe(socket) end)
      local socket = net.Socket({ readable = false, writable = false })
      assert.is_true(socket.readable)
      assert.is_true(socket.writable)
      socket:connect(port, HOST)
      local chunks = collect(socket)
      socket:finish("both ways")
      testing.wait(socket, "close")
      assert.equal("both ways", table.concat(chunks))
      server:close()
    end)

    it("has keep-alive probes sent", function()
      if not lfs.attributes("/proc/net/tcp") then return pending("no /proc/net/tcp here") end
      local client, accepted = testing.pair()
      assert.is_nil(seconds_until_probe(client))
      client:setKeepAlive(true, 60000)
      is_nearly(60, seconds_until_probe(client))
      client:setKeepAlive()
      assert.is_nil(seconds_until_probe(client))
      client:setKeepAlive(true, 0)
      is_nearly(60, seconds_until_probe(client))
      client:setKeepAlive(true, 30000)
      is_nearly(30, seconds_until_probe(client))
      -- The system's own delay.
      accepted:setKeepAlive(true)
      is_nearly(tonumber(tree.read("/proc/sys/net/ipv4/tcp_keepalive_time")), seconds_until_probe(accepted))
      client:destroy()
      accepted:destroy()
      -- What is asked for before there is a connection counts when there is one.
      local server, port = serve()
      local socket = net.Socket():setKeepAlive(true, 50000)
      socket:connect(port, HOST)
      accepted = testing.wait(server, "connection")
      testing.run(function() return not socket.connecting end)
      is_nearly(50, seconds_until_probe(socket))
      socket:destroy()
      accepted:destroy()
      server:close()
    end)

    -- How long, in ms, the second of two small writes is held back because the first is not acknowledged: the median of
    -- some attempts, for the machine may be busy.
    local function held_back(client, accepted)
      local received = ""
      accepted:on("data", function(data) received = received .. data end)
      local times = {}
      for i = 1, 9 do
        -- A system that has just answered delays its acknowledgements.
        client:write("question")
        testing.wait(accepted, "data")
        accepted:write("answer")
        testing.wait(client, "data")
        received = ""
        client:write("1")
        client:write("2")
        testing.run(function() return received ~= "" end)
        local first = core.now()
        while received ~= "12" do
          testing.run(function() return received == "12" end)
        end
        times[i] = core.now() - first
      end
      table.sort(times)
      return times[5]
    end

    it("sends at once with setNoDelay", function()
      local client, accepted = testing.pair()
      assert.is_true(held_back(client, accepted) > 20)
      client:setNoDelay()
      assert.is_true(held_back(client, accepted) < 20)
      client:setNoDelay(false)
      assert.is_true(held_back(client, accepted) > 20)
      client:setNoDelay(true)
      assert.is_true(held_back(client, accepted) < 20)
      client:destroy()
      accepted:destroy()
      -- What is asked for before there is a connection counts when there is one.
      local server, port = serve()
      local socket = net.Socket():setNoDelay()
      socket:connect(port, HOST)
      accepted = testing.wait(server, "connection")
      testing.run(function() return not socket.connecting end)
      assert.is_true(held_back(socket, accepted) < 20)
      socket:destroy()
      accepted:destroy()
      server:close()
    end)

    it("tells by write what is queued", function()
      local client, accepted = testing.pair({ server = { pauseOnConnect = true } })
      assert.is_true(client:write("little"))
      assert.equal(0, client.bufferSize)
      local more = true
      for _ = 1, 1000 do
        more = client:write(("x"):rep(65536))
        if client.bufferSize > 0 then break end
        net.run("nowait")
      end
      assert.is_false(more)
      assert.is_true(client.bufferSize > 0)
      local drained
      client:on("drain", function() drained = client.bufferSize end)
      accepted:on("data", nothing)
      accepted:resume()
      testing.run(function() return drained end)
      assert.equal(0, drained)
      client:destroy()
      testing.run()
    end)

    it("forgets remoteAddress", function()
      local client, accepted = testing.pair()
      assert.equal(HOST, accepted.remoteAddress)
      client:destroy()
      accepted:destroy()
      assert.is_nil(client.remoteAddress)
      assert.equal(HOST, accepted.remoteAddress)
      testing.run()
    end)

    it("gives what comes as a string", function()
      local client, accepted = testing.pair()
      client:write("text")
      local data = testing.wait(accepted, "data")
      assert.equal("string", type(data))
      accepted:setEncoding("hex")
      client:write("\0")
      assert.equal("00", testing.wait(accepted, "data"))
      client:destroy()
      accepted:destroy()
    end)

    it("with pause holds the peer back", function()
      local client, accepted = testing.pair()
      accepted:pause()
      local waited = false
      timers.setTimeout(function() waited = true end, 30)
      for _ = 1, 1000 do
        client:write(("x"):rep(65536))
        if client.bufferSize > 0 then break end
        net.run("nowait")
      end
      testing.run(function() return waited end)
      assert.is_true(client.bufferSize > 0)
      assert.is_true(accepted.bytesRead < 1024 * 1024)
      client:destroy()
      accepted:destroy()
    end)
  end)
end)
