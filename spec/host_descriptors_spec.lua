--- A host without all of its standard descriptors: started so, as daemons are, or having closed them.

local child = require("spec.support.child")
local posix = require("spec.support.posix")
local testing = require("uvnet.testing")

-- A server and its client in one process: says what it sees into a file, for it may have no standard output.
local SERVES = [[
local log = assert(io.open(LOG, "a"))
log:setvbuf("no")
BEFORE
local net = require("net")
AFTER
local function serve(name, ...)
  local target = { ... }
  local server = net.createServer(function(socket)
    log:write(name, " accepted ", socket._handle.fd > 2 and "high" or "low", "\n")
    socket:on("data", function(data) socket:finish(data:upper()) end)
    socket:on("close", function(failed) log:write(name, " accepted one closed ", tostring(failed), "\n") end)
  end)
  server:listen(...)
  server:on("listening", function()
    log:write(name, " listens ", server._handle.fd > 2 and "high" or "low", "\n")
    local client = net.connect(type(target[1]) == "string" and target[1] or server:address().port, target[2])
    client:on("connect", function() log:write(name, " connected ", client._handle.fd > 2 and "high" or "low", "\n") end)
    client:write("ping")
    client:on("data", function(data) log:write(name, " got ", data, "\n") end)
    client:on("close", function(failed)
      log:write(name, " client closed ", tostring(failed), "\n")
      server:close(function() log:write(name, " server closed\n") end)
    end)
  end)
end
serve("tcp", 0, "127.0.0.1")
serve("unix", PATH)
net.run()
LATER
os.exit(7, CLOSE)
]]

local function sorted_lines(text)
  local list = child.lines(text)
  table.sort(list)
  return list
end

local EXPECTED = {}
for _, name in ipairs({ "tcp", "unix" }) do
  for _, line in ipairs({
    "accepted high", "accepted one closed false", "client closed false", "connected high", "got PING", "listens high",
    "server closed",
  }) do
    EXPECTED[#EXPECTED + 1] = name .. " " .. line
  end
end

describe("a host", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function serves(redirection, values)
    local log, path = os.tmpname(), testing.tmpPath()
    local named = {
      LOG = ("%q"):format(log), PATH = ("%q"):format(path), BEFORE = values.before or "", AFTER = values.after or "",
      LATER = values.later or "", CLOSE = values.close and "true" or "false",
    }
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write((SERVES:gsub("%u%u%u%u+", named):gsub("LOG", named.LOG)))
    file:close()
    local command = (values.input or "") .. child.lua(script) .. " " .. redirection
    local _, status = child.run("sh -c " .. child.quote(command))
    file = assert(io.open(log))
    local seen = file:read("*a")
    file:close()
    os.remove(log)
    os.remove(script)
    assert.same(EXPECTED, sorted_lines(seen))
    assert.equal(7, status)
  end

  for _, redirection in ipairs({ "<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", ">&- 2>&-" }) do
    it("that is started with " .. redirection .. " serves, and ends with its own status", function()
      serves(redirection, {})
      serves(redirection, { close = true })
    end)
  end

  it("may close its standard files, before and after the module is loaded", function()
    serves("", { before = "io.stdin:close()", close = true })
    serves("", { after = "io.stdin:close()" })
    serves("", { after = "io.stdin:close() io.stdout:close() io.stderr:close()", close = true })
  end)

  it("may close them while a server listens", function()
    serves("", { after = "net.timers.nextTick(function() io.stdin:close() io.stdout:close() end)", close = true })
  end)

  it("may close what a socket has had", function()
    local prelude, reason = posix.prelude()
    if not prelude then return pending(reason) end
    local destroys = "net.Socket({ fd = 0 }):destroy() net.run('nowait') "
    serves("", { input = "sleep 0.1 | ", after = destroys, close = true })
    serves("", { input = "sleep 0.1 | ", after = prelude .. destroys .. "posix.close(0)", close = true })
    serves("", { input = "sleep 0.1 | ", after = prelude .. "posix.close(0) posix.close(1) posix.close(2)" })
  end)

  it("keeps the files that it has put in their places", function()
    serves("<&-", {
      before = "local mine = assert(io.open(LOG, 'r'))",
      later = "assert(mine:read('*l'):find('listens'))",
      close = true,
    })
    serves("", {
      after = "io.stdin:close() local mine = assert(io.open(LOG, 'r'))",
      later = "assert(mine:read('*l'):find('listens'))",
    })
  end)

  it("finds the places free again that it had free", function()
    local open = 'local function is_free() local file = io.open("/dev/fd/0") '
      .. "if file then file:close() end return not file end "
    local program = open .. 'local before = is_free() local net = require("net") net.createServer():listen(0):unref() '
      .. "net.run() os.exit(before == is_free() and before and 0 or 1)"
    local _, status = child.run("sh -c " .. child.quote(child.lua("-e", program) .. " <&-"))
    assert.equal(0, status)
  end)
end)

describe("a host without its standard descriptors", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  it("starts programs, hears them, and hands them sockets", function()
    local log, script = os.tmpname(), os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write(([[
      local log = assert(io.open(%q, "a"))
      log:setvbuf("no")
      local net = require("net")
      if net.process.connected then
        net.process:on("message", function(_, socket)
          socket:finish("from the child: " .. (socket._handle.fd > 2 and "high" or "low"))
          net.process:disconnect()
        end)
        net.run()
        os.exit(0, true)
      end
      local program = net.child_process.spawn("/bin/echo", { "heard" })
      program.stdout:on("data", function(data) log:write(data) end)
      program:on("close", function(code) log:write("echo ended ", tostring(code), "\n") end)
      net.run()
      local watched = os.getenv("UVNET_LUA") -- a checker's, perhaps
      local worker = net.child_process.fork(%q, nil, {
        stdio = { "ignore", "ignore", "ignore", "ipc" },
        execPath = watched and watched:find("/") and watched or nil,
      })
      local server
      server = net.createServer({ pauseOnConnect = true }, function(socket) worker:send("one", socket) end)
      server:listen(0, "127.0.0.1", function()
        local client = net.connect(server:address().port, "127.0.0.1")
        client:on("data", function(data) log:write(data, "\n") end)
        client:on("close", function() server:close() end)
      end)
      worker:on("exit", function(code) log:write("worker ended ", tostring(code), "\n") end)
      net.run()
      os.exit(7, true)
    ]]):format(log, script))
    file:close()
    local _, status = child.run("sh -c " .. child.quote(child.lua(script) .. " <&- >&- 2>&-"))
    file = assert(io.open(log))
    local seen = file:read("*a")
    file:close()
    os.remove(log)
    os.remove(script)
    assert.equal("heard\necho ended 0\nfrom the child: high\nworker ended 0\n", seen)
    assert.equal(7, status)
  end)
end)
