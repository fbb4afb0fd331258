--- The recipes of docs/other-loops.md: two loops in one program are both served, and cost nothing while nothing
-- happens.

local blocks = require("spec.support.blocks")
local child = require("spec.support.child")
local net = require("net")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"
local DOCUMENT = "docs/other-loops.md"
local MOST_IDLE = 0.05 -- s of processor time in a second in which nothing happens: the timer that measures, and noise

-- What the program has on uvnet: a server that echoes, a timer, and how much time is used while nothing happens.
local OURS = [[
local net = require("net")
local HOST = "127.0.0.1"
local function log(...)
  io.stdout:write(...)
  io.stdout:write("\n")
  io.stdout:flush()
end
local server = net.createServer(net.async.wrap(function(socket)
  for _ = 1, 3 do
    net.async.sleep(1)
    socket:writeAll("uvnet: " .. socket:readLine() .. "\n")
  end
end)):listen(0, HOST)
server:on("listening", function() log("uvnet at ", ("%d"):format(server:address().port)) end)
local function measure(callback)
  local used = os.clock()
  net.timers.setTimeout(function()
    log(("idle %.3f"):format(os.clock() - used))
    callback()
  end, 1000)
end
]]

-- The same of the other, which accepts one connection, answers three lines, measures, and ends.
local PROGRAMS = {
  luv = OURS .. [[
local uv = require("luv")
require("in_luv")()
local theirs = uv.new_tcp()
theirs:bind(HOST, 0)
theirs:listen(10, function()
  local client, lines = uv.new_tcp(), 0
  theirs:accept(client)
  client:read_start(function(_, data)
    if not data then return client:close() end
    client:write("luv: " .. data)
    lines = lines + 1
    if lines < 3 then return end
    theirs:close()
    -- What is begun in a callback of luv is served, too.
    measure(function() server:close() end)
  end)
end)
log("luv at ", ("%d"):format(theirs:getsockname().port))
uv.run()
log("over")
]],
  cqueues = OURS .. [[
local cqueues, socket = require("cqueues"), require("cqueues.socket")
local queue = cqueues.new()
local theirs = socket.listen({ host = HOST, port = 0 })
queue:wrap(function()
  theirs:listen()
  log("cqueues at ", ("%d"):format((select(3, theirs:localname()))))
  local client = theirs:accept()
  for _ = 1, 3 do
    client:write("cqueues: ", client:read("*L"))
    client:flush()
    cqueues.sleep(0.001)
  end
  client:close()
  theirs:close()
  measure(function() server:close() end)
end)
require("in_cqueues")(queue)
log("over")
]],
  copas = OURS .. [[
local copas, socket = require("copas"), require("socket")
local theirs = assert(socket.bind(HOST, 0))
local is_over = false
copas.addserver(theirs, function(client)
  for _ = 1, 3 do
    copas.send(client, "copas: " .. copas.receive(client, "*l") .. "\n")
  end
  client:close()
  measure(function()
    is_over = true
    server:close()
  end)
end)
log("copas at ", ("%d"):format((select(2, theirs:getsockname()))))
require("in_copas")(function() return is_over end)
log("over")
]],
}

-- Not in our own process: its libraries are the program's.
local function has(module)
  local _, status = child.run(child.lua("-e", ("require(%q)"):format(module)))
  return status == 0
end

local function converse(port, name)
  local socket = net.async.connect(port, HOST)
  for i = 1, 3 do
    socket:writeAll(("line %d\n"):format(i))
    assert.equal(("%s: line %d"):format(name, i), socket:readLine())
  end
  return socket
end

describe("in the loop of", function()
  local directory

  setup(function()
    directory = blocks.directory()
    for _, block in ipairs(blocks.of(DOCUMENT)) do
      blocks.save(directory, block.name, block.text)
    end
  end)
  teardown(function() blocks.remove(directory) end)
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  for name, text in pairs(PROGRAMS) do
    it(name .. ", uvnet is served, and neither uses time while nothing happens", function()
      if not net.backendFd() then return pending("this system has no descriptor to wait for") end
      if not has(name) then return pending(name .. " is not here for this Lua") end
      local program = child.start(blocks.command(directory, blocks.save(directory, name .. "_main.lua", text)))
      local ours = tonumber(program:waitFor("uvnet at (%d+)\n"))
      local theirs = tonumber(program:waitFor(name .. " at (%d+)\n"))
      -- One that is open while the time is measured.
      local first = converse(ours, "uvnet")
      converse(theirs, name):destroy()
      local used = tonumber(program:waitFor("idle ([%d.]+)\n"))
      first:destroy()
      program:waitFor("over\n")
      assert.equal(0, program:wait(), program:errors())
      assert.is_true(used < MOST_IDLE, used .. " s")
    end)
  end
end)

describe("net.backendTimeout", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  it("has no end where nothing could happen, or nothing by the clock", function()
    -- In a program of its own: here a spec before may have left a timer that keeps no loop running.
    local output = child.run(child.lua("-e", [[
      local net = require("net")
      net.run()
      print(net.backendTimeout())
      local server = net.createServer():listen(0, "127.0.0.1")
      net.run("nowait")
      print(net.backendTimeout())
      server:unref()
      net.run("nowait")
      print(net.backendTimeout())
    ]]))
    assert.equal("-1\n-1\n-1\n", output)
  end)

  it("is the time up to the first timer, also of one that keeps no loop running", function()
    for _, is_ref in ipairs({ true, false }) do
      local timer = net.timers.setTimeout(function() end, 5000)
      if not is_ref then timer:unref() end
      net.run("nowait")
      local ms = net.backendTimeout()
      assert.is_true(ms > 0 and ms <= 5001, ms)
      timer:close()
    end
    net.run()
  end)

  it("is 0 while something is to be done", function()
    net.timers.nextTick(function() end)
    assert.equal(0, net.backendTimeout())
    net.run()
    net.timers.setImmediate(function() end)
    assert.equal(0, net.backendTimeout())
    net.run()
  end)
end)
