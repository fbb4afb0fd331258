--- What the host has had before us it has after us: descriptors that block, and programs that know SIGPIPE.

local child = require("spec.support.child")
local posix = require("spec.support.posix")
local testing = require("uvnet.testing")

local prelude, reason = posix.prelude()

describe("a host", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function it_has_posix(name, body)
    it(name, function()
      if not prelude then return pending(reason) end
      body()
    end)
  end

  local function lua(program) return child.lua("-e", prelude .. program) end

  -- What the next program finds, after ours has been given a descriptor.
  local function next_finds(program, fd)
    local after = lua(("io.write(tostring(posix.isBlocking(%d)))"):format(fd or 0))
    local both = ("sleep 0.1 | { { %s; } 3<&0 >/dev/null 2>&1; %s 3<&0; }"):format(lua(program), after)
    return child.run("sh -c " .. child.quote(both))
  end

  local TAKES = 'local net = require("net") local socket = net.Socket({ fd = 0 }) assert(not posix.isBlocking(0)) '

  for name, ending in pairs({
    ["destroys the socket"] = "socket:destroy() net.run()",
    ["ends by os.exit(0)"] = "os.exit(0)",
    ["ends by os.exit(0, true)"] = "os.exit(0, true)",
    ["ends by os.exit within a callback"] = "net.timers.setTimeout(function() os.exit(1) end, 1) net.run()",
    ["ends by an error"] = 'error("no")',
    ["ends by an error in a callback"] = 'net.timers.setTimeout(function() error("no") end, 1) net.run()',
    ["comes to the end of the script"] = "socket:read()",
  }) do
    it_has_posix("whose program " .. name .. " has standard input that blocks", function()
      assert.equal("true", next_finds(TAKES .. ending))
    end)
  end

  it_has_posix("has it for what is closed with the socket", function()
    assert.equal("true", next_finds([[
      local net = require("net")
      local socket = net.Socket({ fd = 3 })
      assert(not posix.isBlocking(3))
      socket:destroy()
      net.run()
      assert(not pcall(posix.isBlocking, 3))
    ]]))
  end)

  it_has_posix("has it once the last socket of the open file is gone", function()
    assert.equal("true", next_finds([[
      local net = require("net")
      local one, other = net.Socket({ fd = 0 }), net.Socket({ fd = 3 })
      one:destroy()
      net.run("nowait")
      assert(not posix.isBlocking(3))
      other:destroy()
      net.run("nowait")
      assert(posix.isBlocking(0))
    ]]))
  end)

  it_has_posix("keeps what did not block before", function()
    local program = lua([[
      local net = require("net")
      local read, write = posix.pipe()
      local socket = net.Socket({ fd = read })
      assert(not posix.isBlocking(read) and posix.isBlocking(write))
      local pid = posix.fork()
      if pid == 0 then
        socket:destroy()
        net.run("nowait")
        os.exit(0, true)
      end
      assert(posix.wait(pid) == 0)
      assert(not posix.isBlocking(read), "the child has changed its parent's")
      pid = posix.fork()
      if pid == 0 then os.exit(0) end
      posix.wait(pid)
      assert(not posix.isBlocking(read), "the child's end has changed its parent's")
    ]])
    assert.same({ "", 0, "" }, { child.run("sh -c " .. child.quote(program)) })
  end)

  it_has_posix("starts programs that SIGPIPE ends", function()
    local output, status = child.run("sh -c " .. child.quote(lua([[
      assert(posix.signalAction(13) == "default")
      require("net")
      assert(posix.signalAction(13) == "handler")
      os.execute("yes | head -n 1")
      local pipe = io.popen("yes")
      io.write(pipe:read("*l"), "\n")
      pipe:close()
    ]])))
    assert.equal(0, status)
    assert.equal("y\ny\n", output)
  end)

  it_has_posix("keeps its own action for SIGPIPE", function()
    local ignores = ("trap '' PIPE; exec %s"):format(lua('require("net") io.write(posix.signalAction(13))'))
    assert.equal("ignore", (child.run("sh -c " .. child.quote(ignores))))
  end)

  it_has_posix("survives a peer that has gone", function()
    local output = child.run("sh -c " .. child.quote(lua([[
      local net = require("net")
      local read, write = posix.pipe()
      posix.close(read)
      local socket = net.Socket({ fd = write, readable = false })
      socket:on("error", function(err) io.write(err.code) end)
      socket:write("x")
      net.run()
    ]])))
    assert.equal("EPIPE", output)
  end)
end)
