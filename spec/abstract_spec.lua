--- Unix sockets of Linux's abstract namespace.

local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local function is_linux()
  local file = io.open("/proc/sys/kernel/ostype")
  if not file then return false end
  file:close()
  return true
end

describe("abstract unix sockets", function()
  testing.leakCheck(before_each, after_each)

  local path
  before_each(function() path = "\0" .. testing.tmpPath():gsub("[^%w]", "") end)

  it("are paths that begin with a NUL, and leave no file", function()
    if not is_linux() then return pending("they are Linux's") end
    local server = net.createServer(function(socket) socket:pipe(socket) end)
    server:listen(path)
    testing.wait(server, "listening")
    assert.equal(path, server:address())
    local other = net.createServer()
    other:listen(path)
    assert.equal("EADDRINUSE", testing.wait(other, "error").code)
    local client = net.connect({ path = path })
    assert.is_true(client.connecting)
    testing.wait(client, "connect")
    local chunks = sockets.collect(client)
    client:finish(("x"):rep(200000))
    testing.wait(client, "close")
    assert.equal(200000, #table.concat(chunks))
    server:close()
    testing.run()
    local err = testing.wait(net.connect(path), "error")
    assert.same({ "ECONNREFUSED", "connect" }, { err.code, err.syscall })
  end)

  it("have no rights that could be given", function()
    if not is_linux() then return pending("they are Linux's") end
    for _, right in ipairs({ "readableAll", "writableAll" }) do
      local server = net.createServer()
      local err = raised(server.listen, server, { path = path, [right] = true }, function() error("it listens") end)
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.matches("can not set readableAll or writableAll to true", err.message, 1, true)
      assert.same({ false, 0 }, { server.listening, server:listenerCount("listening") })
      -- Who does not ask for them is served.
      server:listen({ path = path, [right] = false })
      testing.wait(server, "listening")
      server:close()
      testing.wait(server, "close")
    end
  end)

  it("may be destroyed before they stand, and be bound", function()
    if not is_linux() then return pending("they are Linux's") end
    local server = net.createServer(function(socket) socket:resume() end)
    server:listen(path)
    testing.wait(server, "listening")
    local client = net.connect(path)
    client:on("connect", function() error("it was destroyed") end)
    client:destroy()
    testing.wait(client, "close")
    server:close()
    testing.run()
    local bound = net.BoundSocket({ path = path })
    assert.equal(path, bound:address())
    bound:close()
    testing.run()
  end)
end)
