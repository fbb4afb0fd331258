-- A handle that is sent along with very many writes which nobody reads.

local net = require("uvnet")

local unix = package.config:sub(1, 1) == "/"

describe("a handle that is sent along", function()
  it("is refused where more writes hold it than can be counted, and outlives them all", function()
    if not unix then
      pending("starts a program of Unix")
      return
    end
    local server = net.createServer():listen(0, "127.0.0.1")
    net.run("nowait")
    local stdio = { "ignore", "ignore", "ignore", "ipc" }
    local child = net.child_process.spawn("sleep", { "60" }, { serialization = "advanced", stdio = stdio })
    local channel, sent, code = child.channel._handle, 0, nil
    repeat
      local _, why = channel:write("x\n", server._handle)
      if why then code = why else sent = sent + 1 end
    until code or sent == 20000
    assert.are.equal("ENOBUFS", code)
    -- Closed while they hold it, and then let go.
    server:close()
    child:kill("SIGKILL")
    child:on("error", function() end)
    net.run()
    assert.are.equal(0, require("uvnet.core").open_handles())
  end)
end)
