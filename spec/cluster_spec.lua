local forks = require("spec.support.forks")
local net = require("net")
local child = require("spec.support.child")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"

-- The interpreter that runs the specs may be wrapped, which a worker's would not be.
local BEGINNING = [[
  local net = require("net")
  local cluster, process = net.cluster, net.process
  if cluster.isPrimary then cluster.setupPrimary({ execPath = os.getenv("UVNET_LUA"), execArgv = {} }) end
]]

-- A cluster is a program of its own: its text runs as the primary and as the workers. What they print comes back.
local function run(text, env)
  local script = forks.script(BEGINNING .. text)
  local one = forks.keep(net.child_process.spawn(forks.lua(), { script }, {
    env = forks.env(env), stdio = { "ignore", "pipe", "pipe" },
  }))
  local out, err = "", ""
  one.stdout:on("data", function(data) out = out .. data end)
  one.stderr:on("data", function(data) err = err .. data end)
  local status
  one:on("close", function(code, signal) status = signal or code end)
  forks.wait(function() return status ~= nil end, "the end of the cluster\n" .. text, 30000)
  return out, err, status
end

-- Runs a text in the primary, and one in each worker.
local function program(primary, worker)
  return ("if cluster.isPrimary then\n%s\nelse\n%s\nend\nnet.run()"):format(primary, worker)
end

-- In the primary: asks a port, gives the answer to a function.
local ASK = [[
  local function ask(port, done)
    local text = ""
    local socket = net.connect({ port = type(port) == "number" and port or nil, host = "127.0.0.1",
      path = type(port) == "string" and port or nil })
    socket:on("data", function(data) text = text .. data end)
    socket:on("error", function(err) text = text .. tostring(err.code) end)
    socket:on("close", function() done(text) end)
  end
]]

describe("cluster", function()
  testing.leakCheck(before_each, after_each)
  after_each(function()
    child.cleanup()
    forks.cleanup()
  end)

  it("is a primary where nobody has forked this process", function()
    assert.is_true(net.cluster.isPrimary)
    assert.is_true(net.cluster.isMaster)
    assert.is_false(net.cluster.isWorker)
    assert.is_nil(net.cluster.worker)
    assert.same({}, net.cluster.workers)
    assert.equal(net.cluster.setupPrimary, net.cluster.setupMaster)
    local called = false
    net.cluster.disconnect(function() called = true end)
    net.run()
    assert.is_true(called)
  end)

  it("starts nothing for a wrong environment, and a worker without a process is none that is connected", function()
    local cluster = net.cluster
    for _, wrong in ipairs({ 5, "x", true }) do
      assert.equal("ERR_INVALID_ARG_TYPE", select(2, pcall(cluster.fork, wrong)).code)
    end
    assert.equal("ERR_INVALID_THIS", select(2, pcall(cluster.fork, cluster)).code)
    assert.is_nil(next(cluster.workers))
    local worker = cluster.Worker()
    assert.is_false(worker:isConnected())
    assert.is_false(worker:isDead())
    worker:kill()
    assert.equal("ERR_INVALID_STATE", select(2, pcall(worker.send, worker, "x")).code)
  end)

  it("finds its script from another directory, too", function()
    local directory, name = forks.script("local net = require('net') io.stdout:setvbuf('no')"
      .. " print(net.cluster.isWorker, net.process.cwd())"
      .. " if net.cluster.isPrimary then net.cluster.setupPrimary({ cwd = '/' }) net.cluster.fork()"
      .. " else net.process:disconnect() end net.run()", ".lua"):match("^(.*)/([^/]*)$")
    local one = forks.keep(net.child_process.spawn(forks.lua(), { name }, { cwd = directory, env = forks.env() }))
    local out = ""
    one.stdout:on("data", function(data) out = out .. data end)
    net.run()
    assert.equal(0, one.exitCode)
    assert.equal("false\t" .. directory .. "\ntrue\t/\n", out)
  end)

  it("emits its events in Node's order, and knows its workers", function()
    local out, err = run(program([[
      local function note(name)
        cluster:on(name, function(worker) print(name, worker.id) end)
      end
      for _, name in ipairs({ "fork", "online", "listening", "disconnect", "exit" }) do note(name) end
      cluster:on("setup", function(settings) print("setup", type(settings.exec)) end)
      local worker = cluster.fork({ EXTRA = "yes" })
      print(cluster.workers[1] == worker, worker:isConnected(), worker:isDead(), worker.exitedAfterDisconnect)
      cluster:on("message", function(from, message) print("message", from.id, message) end)
      worker:on("message", function(message)
        worker:send("answer")
      end)
      worker:on("listening", function(address)
        print(address.address, address.addressType, address.port > 0)
      end)
      worker:on("exit", function(code, signal)
        print(code, signal, worker:isDead(), worker:isConnected(), worker.exitedAfterDisconnect, worker.state)
        print(next(cluster.workers))
      end)
    ]], [[
      print("in it", cluster.worker.id, cluster.isWorker, cluster.isPrimary, os.getenv("EXTRA"),
        os.getenv("NODE_UNIQUE_ID"))
      io.stdout:flush()
      local server = net.createServer():listen(0, "127.0.0.1", function() process:send("hello") end)
      cluster.worker:on("message", function(message)
        if message == "answer" then cluster.worker:disconnect() end
      end)
    ]]))
    assert.equal("", err)
    local lines = child.lines(out)
    local seen = {}
    for i, line in ipairs(lines) do
      seen[line] = i
    end
    for _, line in ipairs({
      "true\ttrue\tfalse\tnil", "setup\tstring", "fork\t1", "in it\t1\ttrue\tfalse\tyes\tnil", "online\t1",
      "listening\t1", "127.0.0.1\t4\ttrue", "message\t1\thello", "disconnect\t1", "exit\t1",
      "0\tnil\ttrue\tfalse\ttrue\tdead", "nil",
    }) do
      assert.truthy(seen[line], line .. "\n" .. out)
    end
    local last = 0
    for _, line in ipairs({ "setup\tstring", "fork\t1", "online\t1", "message\t1\thello" }) do
      assert.is_true(seen[line] > last, line .. "\n" .. out)
      last = seen[line]
    end
    assert.is_true(seen["disconnect\t1"] > seen["message\t1\thello"])
  end)

  for name, policy in pairs({ ["in turn"] = "rr", ["by a shared handle"] = "none" }) do
    it("serves one port with all workers, " .. name, function()
      local out, err = run(ASK .. program([[
        local port, count = nil, 0
        cluster:on("listening", function(_, address)
          port = port or address.port
          assert(port == address.port)
          count = count + 1
          if count < 3 then return end
          local left, answers = 60, {}
          for _ = 1, 60 do
            ask(port, function(text)
              answers[text] = (answers[text] or 0) + 1
              left = left - 1
              if left > 0 then return end
              for answer, number in pairs(answers) do print(answer, number) end
              cluster.disconnect(function() print("all gone") end)
            end)
          end
        end)
        for _ = 1, 3 do cluster.fork() end
        print(cluster.schedulingPolicy)
      ]], [[
        net.createServer(function(socket) socket:finish("worker") end):listen(0)
      ]]), { NODE_CLUSTER_SCHED_POLICY = policy })
      assert.equal("", err)
      assert.equal((policy == "rr" and "2" or "1") .. "\nworker\t60\nall gone\n", out)
    end)
  end

  it("gives the connections to the workers in turn", function()
    local out, err = run(ASK .. program([[
      local count = 0
      cluster:on("listening", function(_, address)
        count = count + 1
        if count < 2 then return end
        local left, answers = 20, { one = 0, two = 0 }
        local function go()
          if left == 0 then
            print(answers["1"], answers["2"])
            return cluster.disconnect()
          end
          left = left - 1
          ask(address.port, function(text)
            answers[text] = (answers[text] or 0) + 1
            go()
          end)
        end
        go()
      end)
      cluster.fork()
      cluster.fork()
    ]], [[
      net.createServer(function(socket) socket:finish(tostring(cluster.worker.id)) end):listen(0)
    ]]), { NODE_CLUSTER_SCHED_POLICY = "rr" })
    assert.equal("", err)
    assert.equal("10\t10\n", out)
  end)

  it("listens at paths, by descriptors, and alone if it is exclusive", function()
    local path = testing.tmpPath()
    local out, err = run(ASK .. program(([[
      local ports, count = {}, 0
      cluster:on("listening", function(_, address)
        count = count + 1
        if address.addressType == 4 then ports[#ports + 1] = address.port end
        if count < 2 then return end
        ask(%q, function(text)
          print("path", text)
          cluster.disconnect()
        end)
      end)
      cluster:on("message", function(_, port) ports[#ports + 1] = port end)
      cluster:on("exit", function()
        if next(cluster.workers) then return end
        print(#ports, ports[1] ~= ports[2])
      end)
      cluster.fork()
      cluster.fork()
    ]]):format(path), ([[
      net.createServer(function(socket) socket:finish("at the path") end):listen(%q)
      local server = net.createServer():listen({ port = 0, exclusive = true }, function() end)
      server:on("listening", function() process:send(server:address().port) end)
      process:on("disconnect", function() server:close() end) -- it is the worker's own
    ]]):format(path)))
    assert.equal("", err)
    assert.truthy(out:find("path\tat the path\n", 1, true), out)
    assert.truthy(out:find("2\ttrue\n", 1, true), out)
    assert.is_nil(io.open(path))
  end)

  for _, policy in ipairs({ "rr", "none" }) do
    it("tells a worker of a port that is taken (" .. policy .. ")", function()
      local server = net.createServer():listen(0, HOST)
      local port
      server:on("listening", function() port = server:address().port end)
      forks.wait(function() return port end)
      local out, err = run(program([[
        cluster.fork()
        cluster:on("message", function(_, message) print(message) end)
      ]], ([[
        local server = net.createServer():listen(%d, "127.0.0.1")
        server:on("error", function(err)
          process:send(err.code .. " " .. err.syscall .. " " .. tostring(err.message))
          cluster.worker:disconnect()
        end)
      ]]):format(port)), { NODE_CLUSTER_SCHED_POLICY = policy })
      assert.equal("", err)
      assert.equal(("EADDRINUSE bind bind EADDRINUSE 127.0.0.1:%d\n"):format(port), out)
      server:close()
      net.run()
    end)
  end

  it("closes a server that is closed before the primary has answered", function()
    local out, err, status = run(program([[
      cluster.fork():on("exit", function(code) print("exit", code) end)
    ]], [[
      local server = net.createServer()
      server:listen(0, function() print("never") end)
      server:close(function() process:disconnect() end)
    ]]))
    assert.equal("", err)
    assert.equal("exit\t0\n", out)
    assert.equal(0, status)
  end)

  it("drops what is above maxConnections in one worker, and gives it to another", function()
    local out, err = run(ASK .. program([[
      local count = 0
      cluster:on("listening", function(_, address)
        count = count + 1
        if count < 2 then return end
        local sockets, texts = {}, {}
        for i = 1, 2 do
          sockets[i] = net.connect(address.port, "127.0.0.1")
          sockets[i]:on("data", function(data)
            texts[#texts + 1] = data
            if #texts < 2 then return end
            table.sort(texts)
            print(texts[1], texts[2])
            for _, one in ipairs(sockets) do one:destroy() end
            cluster.disconnect()
          end)
        end
      end)
      cluster.fork()
      cluster.fork()
    ]], [[
      local server = net.createServer(function(socket) socket:write(tostring(cluster.worker.id)) end)
      server.maxConnections = 1
      server:listen(0)
    ]]), { NODE_CLUSTER_SCHED_POLICY = "rr" })
    assert.equal("", err)
    assert.equal("1\t2\n", out)
  end)

  it("drops what is above maxConnections at once with dropMaxConnection", function()
    local out, err = run(ASK .. program([[
      cluster:on("listening", function(_, address)
        local first = net.connect(address.port, "127.0.0.1")
        first:once("data", function()
          local second = net.connect(address.port, "127.0.0.1")
          second:on("error", function() end):on("close", function()
            first:destroy()
            cluster.disconnect()
          end):resume()
        end)
      end)
      cluster.fork():on("message", function(text) print(text) end)
    ]], [[
      local server = net.createServer(function(socket) socket:write("first") end)
      server.maxConnections, server.dropMaxConnection = "1", true
      server:on("drop", function(data) process:send(data.reason) end)
      server:listen(0)
    ]]))
    assert.equal("", err)
    assert.equal("maxConnections\n", out)
  end)

  it("has the connections of a paused server wait", function()
    local out, err = run(ASK .. program([[
      local worker = cluster.fork()
      worker:on("listening", function(address)
        ask(address.port, function(text)
          print(text)
          cluster.disconnect()
        end)
        net.timers.setTimeout(function()
          print("resume")
          worker:send("resume")
        end, 200)
      end)
    ]], [[
      local server = net.createServer(function(socket) socket:finish("served") end)
      server:listen(0, function() server:pause() end)
      process:on("message", function() server:resume() end)
    ]]))
    assert.equal("", err)
    assert.equal("resume\nserved\n", out)
  end)

  -- A program, some descriptors, and what takes all that are left, and gives them back.
  local function run_with_few(policy, primary, worker)
    local fill = [[
      local function fill()
        local list, file = {}, nil
        repeat
          file = io.open("/dev/null")
          list[#list + 1] = file
        until not file
        return function() for _, one in ipairs(list) do one:close() end end
      end
      net.events.warn = function() end
    ]]
    local script = forks.script(BEGINNING .. ASK .. fill .. program(primary, worker))
    local command = ("ulimit -n 48; NODE_CLUSTER_SCHED_POLICY=%s exec %s %s"):format(policy, forks.lua(), script)
    local one = forks.keep(net.child_process.spawn("sh", { "-c", command }, { env = forks.env() }))
    local out, err = "", ""
    one.stdout:on("data", function(data) out = out .. data end)
    one.stderr:on("data", function(data) err = err .. data end)
    net.run()
    assert.equal("", err)
    assert.equal(0, one.exitCode)
    return out
  end

  it("a worker without descriptors closes the connection that it is given, and gets the next one", function()
    assert.equal("\nserved\n", run_with_few("rr", [[
      local worker = cluster.fork()
      local port
      worker:on("listening", function(address)
        port = address.port
        worker:send("fill")
      end)
      worker:on("message", function(message)
        ask(port, function(text)
          print(text)
          if message == "full" then
            worker:send("free")
          else
            worker:disconnect()
          end
        end)
      end)
    ]], [[
      net.createServer(function(socket) socket:finish("served") end):listen(0, "127.0.0.1")
      local free
      process:on("message", function(message)
        if message == "fill" then free = fill() else free() end
        process:send(message == "fill" and "full" or "freed")
      end)
    ]]))
  end)

  for _, policy in ipairs({ "rr", "none" }) do
    it("where there is no descriptor to listen with, a worker is told so, and may try again, " .. policy, function()
      assert.equal("EMFILE bind\nserved\n", run_with_few(policy, [[
        local worker = cluster.fork()
        local free
        worker:on("message", function(message)
          if message == "before" then
            free = fill()
          else
            print(message)
            free()
          end
          worker:send("listen")
        end)
        worker:on("listening", function(address)
          ask(address.port, function(text)
            print(text)
            worker:disconnect()
          end)
        end)
      ]], [[
        local server = net.createServer(function(socket) socket:finish("served") end)
        server:on("error", function(err) process:send(err.code .. " " .. err.syscall) end)
        process:on("message", function() server:listen(0, "127.0.0.1") end)
        process:send("before")
      ]]))
    end)
  end

  it("a socket that is sent to who has no descriptors is closed, and the next one arrives", function()
    assert.equal("\nserved\n", run_with_few("rr", [[
      local worker = cluster.fork()
      local server = net.createServer({ pauseOnConnect = true }, function(socket) worker:send("yours", socket) end)
      server:listen(0, "127.0.0.1", function() worker:send("fill") end)
      worker:on("message", function(message)
        ask(server:address().port, function(text)
          print(text)
          if message == "full" then
            worker:send("free")
          else
            server:close()
            worker:disconnect()
          end
        end)
      end)
    ]], [[
      local free
      process:on("message", function(message, socket)
        if socket then return socket:finish("served") end
        if message == "fill" then free = fill() else free() end
        process:send(message == "fill" and "full" or "freed")
      end)
    ]]))
  end)

  it("a worker that has no descriptor for the handle to share is told so, and may try again", function()
    assert.equal("EMFILE bind\nserved\n", run_with_few("none", [[
      local worker = cluster.fork()
      worker:on("message", function(message) print(message) end)
      worker:on("listening", function(address)
        ask(address.port, function(text)
          print(text)
          worker:disconnect()
        end)
      end)
    ]], [[
      local server = net.createServer(function(socket) socket:finish("served") end)
      local free = fill()
      server:on("error", function(err)
        process:send(err.code .. " " .. err.syscall)
        free()
        server:listen(0, "127.0.0.1")
      end)
      server:listen(0, "127.0.0.1")
    ]]))
  end)

  it("a primary without descriptors closes the connection that it cannot accept, and accepts the next one", function()
    assert.equal("\nserved\n", run_with_few("rr", [[
      local worker = cluster.fork()
      local free, port
      worker:on("listening", function(address)
        port, free = address.port, fill()
        worker:send(port)
      end)
      worker:on("message", function(text)
        print(text)
        if not free then return worker:disconnect() end
        free()
        free = nil
        worker:send(port)
      end)
    ]], [[
      net.createServer(function(socket) socket:finish("served") end):listen(0, "127.0.0.1")
      process:on("message", function(port)
        ask(port, function(text) process:send(text) end)
      end)
    ]]))
  end)

  -- The primary binds, and before the worker listens, which waits for a file, somebody else does.
  it("where a worker cannot listen on the handle that it was given, the primary gives it up", function()
    local out, err = run(ASK .. program([[
      local flag = os.tmpname()
      os.remove(flag)
      local worker = cluster.fork({ FLAG = flag })
      local listened, given_up, other = 0, 0, nil
      worker.process:on("internalMessage", function(message)
        if message.act == "close" then given_up = given_up + 1 end
        if message.act ~= "queryServer" or other then return end
        other = require("uvnet.net.server_listening").makers.tcp(message.address, message.port, {})
        other:attach({ _onclosed = function() end })
        assert(other:listen(1))
        assert(io.open(flag, "w")):close()
      end)
      worker:on("listening", function(address)
        listened = listened + 1
        ask(address.port, function(text)
          print(text, listened)
          worker:disconnect()
        end)
      end)
      worker:on("message", function(message)
        if message == "ready" then
          local free = net.createServer()
          free:listen(0, "127.0.0.1", function()
            local port = free:address().port
            free:close(function() worker:send(port) end)
          end)
          return
        end
        print(message, given_up)
        other:close()
        os.remove(flag)
        worker:send("again")
      end)
    ]], [[
      local port, waited
      local server = net.createServer(function(socket) socket:finish("served") end)
      server:on("error", function(err) process:send(err.code .. " " .. err.syscall) end)
      process:prependListener("internalMessage", function(message)
        if waited or not message.ack then return end
        waited = true
        local file
        local begun = net.timers.now()
        repeat
          file = io.open(os.getenv("FLAG"))
        until file or net.timers.now() - begun > 20000
        file:close()
      end)
      process:on("message", function(message)
        port = message == "again" and port or message
        server:listen(port, "127.0.0.1")
      end)
      process:send("ready")
    ]]), { NODE_CLUSTER_SCHED_POLICY = "none" })
    assert.equal("", err)
    assert.equal("EADDRINUSE listen\t1\nserved\t1\n", out)
  end)

  it("ends workers whose primary dies", function()
    local path = forks.script("")
    local out = run(program(([[
      local worker = cluster.fork()
      worker:on("listening", function()
        print(worker.process.pid)
        io.stdout:flush()
        process.kill(process.pid, "SIGKILL")
      end)
    ]]), ([[
      net.createServer():listen(0)
      cluster.worker:on("disconnect", function()
        local file = io.open(%q, "w")
        file:write("told")
        file:close()
      end)
    ]]):format(path)))
    local pid = tonumber(out)
    assert.is_true(pid > 0)
    forks.wait(function() return not pcall(net.process.kill, pid, 0) end, "the end of the worker")
    local file = io.open(path)
    assert.equal("told", file:read("*a"))
    file:close()
  end)

  it("tells of a worker that dies, and every client sees an end when workers are killed under load", function()
    local out, err = run(program([[
      local port
      cluster:on("listening", function(_, address) port = address.port end)
      cluster:on("exit", function(worker)
        if not worker.exitedAfterDisconnect then cluster.fork() end
      end)
      for _ = 1, 2 do cluster.fork() end
      local started, over, answered, refused, killed, stopping = 0, 0, 0, 0, 0, false
      local function client()
        if stopping then return end
        started = started + 1
        local got = false
        local socket = net.connect(port, "127.0.0.1")
        socket:on("data", function() got = true end)
        socket:on("error", function(err) if err.code == "ECONNREFUSED" then refused = refused + 1 end end)
        socket:on("close", function()
          over = over + 1
          if got then answered = answered + 1 end
          net.timers.setTimeout(client, 1)
        end)
      end
      local killer = net.timers.setInterval(function()
        for _, worker in pairs(cluster.workers) do
          if worker.state == "listening" then
            killed = killed + 1
            worker.process:kill("SIGKILL")
            return
          end
        end
      end, 100)
      cluster:once("listening", function()
        for _ = 1, 10 do net.timers.setImmediate(client) end
        net.timers.setTimeout(function()
          net.timers.clearInterval(killer)
          stopping = true
          local guard = net.timers.setTimeout(function() print("some hang", started - over) os.exit(1) end, 8000)
          local poll
          poll = net.timers.setInterval(function()
            if started > over then return end
            guard:close()
            poll:close()
            print(answered > 20, killed > 3, started == over)
            cluster.removeAllListeners(cluster, "exit")
            cluster.disconnect()
          end, 20)
        end, 2500)
      end)
    ]], [[
      net.createServer(function(socket)
        socket:on("error", function() end)
        socket:finish("answer")
      end):listen(0)
    ]]))
    assert.equal("true\ttrue\ttrue\n", out, err)
  end)

  it("works with Node's workers and Lua's primary in JSON, and the other way round", function()
    for _, node in ipairs(forks.nodes) do
      local script = forks.script([[
        const cluster = require("cluster"), net = require("net");
        net.createServer((socket) => socket.end("node " + cluster.worker.id)).listen(0, "127.0.0.1");
      ]], ".js")
      local out, err = run(ASK .. ([[
        cluster.setupPrimary({ exec = %q, execPath = %q, execArgv = {}, args = {} })
        cluster.fork()
        cluster:on("listening", function(_, address)
          ask(address.port, function(text)
            print(text)
            cluster.disconnect()
          end)
        end)
        cluster:on("exit", function(_, code) print("exit", code) end)
        net.run()
      ]]):format(script, node.path))
      assert.equal("", err)
      assert.equal("node 1\nexit\t0\n", out)

      local lua_worker = forks.script([[
        local net = require("net")
        net.createServer(function(socket) socket:finish("lua " .. net.cluster.worker.id) end):listen(0, "127.0.0.1")
        net.run()
      ]])
      local primary = forks.script(([[
        const cluster = require("cluster"), net = require("net"), cp = require("child_process");
        const fork = cp.fork;
        cluster.setupPrimary({ exec: %q, args: [], execArgv: [] });
        process.execPath = %q;
        cluster.fork();
        cluster.on("listening", (worker, address) => {
          let text = "";
          net.connect(address.port, "127.0.0.1").on("data", (data) => { text += data; }).on("close", () => {
            console.log(text);
            cluster.disconnect();
          });
        });
        cluster.on("exit", (worker, code) => console.log("exit", code));
      ]]):format(lua_worker, forks.lua()), ".js")
      local text, status = "", nil
      local one = forks.keep(net.child_process.spawn(node.path, { primary }, { env = forks.env() }))
      one.stdout:on("data", function(data) text = text .. data end)
      one.stderr:on("data", function(data) text = text .. data end)
      one:on("close", function(code) status = code end)
      forks.wait(function() return status end, "the end of Node's primary: " .. text)
      assert.equal("lua 1\nexit 0\n", text)
    end
  end)

  it("restarts without one connection being refused (the example)", function()
    if forks.lua():find("asan", 1, true) then return pending("the workers' interpreter has to be the plain one") end
    local one = child.start(child.example("rolling_restart", "0", "2"))
    local port = tonumber(one:waitFor("listens on port (%d+)\n"))
    forks.wait(function() return select(2, one:output():gsub("listens on", "")) == 2 end, "both workers")
    local started, answered, failed, stopping = 0, 0, {}, false
    local function client()
      if stopping then return end
      started = started + 1
      local text = ""
      local socket = net.connect(port, HOST)
      socket:on("data", function(data) text = text .. data end)
      socket:on("error", function(err) failed[#failed + 1] = tostring(err) end)
      socket:on("close", function()
        if text:find("^worker %d+, pid %d+\n$") then
          answered = answered + 1
        elseif #failed == 0 then
          failed[1] = "cut: " .. text
        end
        timers.setTimeout(client, 1)
      end)
    end
    for _ = 1, 8 do
      client()
    end
    net.process.kill(one:pid(), "SIGHUP")
    forks.wait(function() return one:output():find("restarted\n", 1, true) end, "the restart", 30000)
    -- However fast that was, or slow the answers are: some connections come before, some after it.
    forks.wait(function() return answered > 20 or #failed > 0 end, "the answers", 30000)
    stopping = true
    forks.wait(function() return started == answered + #failed end, "the last answers")
    assert.same({}, failed)
    assert.is_true(answered > 20)
    assert.truthy(one:output():find("worker 4 listens", 1, true))
    net.process.kill(one:pid(), "SIGTERM")
    assert.equal(0, one:wait())
    assert.equal("", one:errors())
  end)
end)
