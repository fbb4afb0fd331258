--- The server for many requests at once of docs/protocol-server.md: its block pipelined.lua is what is tested here.

local blocks = require("spec.support.blocks")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"
local PATIENCE = 30000 -- ms: under valgrind all takes twenty times as long

local load_text = loadstring or load -- luacheck: ignore 113

local pipelined = blocks.load("docs/protocol-server.md", "pipelined.lua")

-- The same with less patience.
local function hasty(ms)
  for _, block in ipairs(blocks.of("docs/protocol-server.md")) do
    if block.name == "pipelined.lua" then
      local text, count = block.text:gsub("= 4096, 60000 ", ("= 4096, %d "):format(ms))
      assert(count == 1)
      return assert(load_text(text, "@" .. block.name))()
    end
  end
end

local function request(path) return "GET " .. path .. "\r\nHost: here\r\n\r\n" end

describe("the server of docs/protocol-server.md for many requests", function()
  local server

  after_each(function() server:close() end)
  testing.leakCheck(before_each, after_each)

  local function connect(handle, make)
    server = (make or pipelined)(handle)
    server:listen(0, HOST)
    testing.wait(server, "listening")
    return net.connect(server:address().port, HOST)
  end

  -- All that comes until the connection has closed.
  local function rest_of(client)
    local text = ""
    client:on("data", function(data) text = text .. data end)
    client:on("error", function() end)
    testing.wait(client, "close", PATIENCE)
    return text
  end

  it("answers in order after the client has ended, whatever takes how long", function()
    local asked = {}
    local client = connect(function(path, answer)
      asked[#asked + 1] = path
      if path == "/1" then return answer("now\n") end
      timers.setTimeout(answer, path == "/0" and 20 or 1, path .. "\n")
    end)
    client:finish(request("/0") .. request("/1") .. request("/2"))
    assert.equal("/0\nnow\n/2\n", rest_of(client))
    assert.same({ "/0", "/1", "/2" }, asked)
  end)

  it("takes requests in any pieces", function()
    local text = request("/a") .. request("/b")
    for _, size in ipairs({ 1, 7, #request("/a") - 1, #request("/a") + 1 }) do
      local client = connect(function(path, answer) timers.setImmediate(answer, path) end)
      local at = 1
      local function send()
        client:write(text:sub(at, at + size - 1))
        at = at + size
        if at <= #text then timers.setImmediate(send) else client:finish() end
      end
      send()
      assert.equal("/a/b", rest_of(client))
      server:close()
    end
  end)

  it("answers thousands at once", function()
    local client = connect(function(_, answer) answer("x") end)
    client:finish(("GET /\r\n\r\n"):rep(20000)) -- more than seven thousand in a chunk
    assert.equal(("x"):rep(20000), rest_of(client))
  end)

  it("does not read on from who does not read", function()
    local ours
    local client = connect(function(_, answer) answer(("x"):rep(65536)) end)
    server:on("connection", function(socket) ours = socket end)
    client:pause()
    local sent = request("/"):rep(100000)
    client:write(sent)
    local last, quiet = -1, 0
    local watch = timers.setInterval(function()
      quiet = ours and ours.bytesRead == last and quiet + 1 or 0
      last = ours and ours.bytesRead or -1
    end, 10)
    testing.run(function() return quiet >= 8 end, PATIENCE)
    watch:close()
    assert.is_true(ours.bytesRead <= 4 * 65536, ours.bytesRead)
    assert.is_true(ours.writableLength <= 2 * 65536, ours.writableLength)
    client:destroy()
    ours:destroy()
  end)

  it("hangs up on what is no request, and on one that is too long, with its end or without", function()
    for _, text in ipairs({
      "PUT /a\r\n\r\n", "\r\n\r\n", "GET \r\n\r\n" .. request("/"),
      request("/" .. ("x"):rep(5000)), "GET /" .. ("x"):rep(5000), "GET /" .. ("x"):rep(200000),
    }) do
      local client = connect(function(_, answer) answer("answered") end)
      client:write(text)
      assert.equal("", rest_of(client))
      server:close()
    end
  end)

  it("hangs up on who is silent, or sends a byte now and then", function()
    for _, text in ipairs({ "", "GET /" }) do
      local client = connect(function(_, answer) answer("answered") end, hasty(150))
      client:write(text)
      local drip = timers.setInterval(function()
        if text ~= "" and not client.destroyed then client:write("x") end
      end, 10)
      assert.equal("", rest_of(client))
      drip:close()
      server:close()
    end
  end)

  for _, how in ipairs({ "has ended", "has not ended" }) do
    it("hangs up on who never reads, and " .. how, function()
      local ours
      local client = connect(function(_, answer) answer(("x"):rep(65536)) end, hasty(150))
      server:on("connection", function(socket) ours = socket end)
      client:pause()
      client:on("error", function() end)
      if how == "has ended" then client:finish(request("/"):rep(1000)) else client:write(request("/"):rep(1000)) end
      testing.run(function() return ours and ours.destroyed end, PATIENCE)
      testing.run(function() return server.connections == 0 end, PATIENCE)
      client:destroy()
    end)
  end

  it("gives time to each request", function()
    local client = connect(function(path, answer) answer(path) end, hasty(1500))
    local times = 0
    local requests
    requests = timers.setInterval(function()
      times = times + 1
      client:write(request("/"))
      if times < 20 then return end
      client:finish()
      requests:close()
    end, 100)
    testing.wait(client, "finish", PATIENCE)
    assert.equal(("/"):rep(20), rest_of(client))
  end)

  it("drops the answer for who has gone meanwhile", function()
    local answer_late
    local client = connect(function(_, answer) answer_late = answer end)
    client:write(request("/"))
    testing.run(function() return answer_late end, PATIENCE)
    client:resetAndDestroy()
    testing.run(function() return server.connections == 0 end, PATIENCE)
    answer_late("too late")
  end)
end)
