--- Every Lua block of README.md, of the guides and of the reference runs, and prints what it says.
--
-- A block is a whole program, or becomes one with `require("net")` before it and `net.run()` behind it. One that begins
-- with a file's name is saved under that name for the blocks that follow; a `_spec.lua` among them is run by busted. It
-- has to end by itself, with status 0; what serves for ever, or needs a peer, has one in `peers`.

local lfs = require("lfs")
local blocks = require("spec.support.blocks")
local child = require("spec.support.child")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")
local tree = require("spec.support.tree")

local HOST = "127.0.0.1"
local PATIENCE = 60000 -- ms

-- A client that collects what it gets. The program may not listen yet: then it tries again.
local function visit(where)
  local visitor = { text = "", closed = false }
  local tries = 0
  local function try()
    tries = tries + 1
    local socket = net.connect(type(where) == "number" and { port = where, host = HOST } or { path = where })
    visitor.socket = socket
    socket:on("connect", function() visitor.connected = true end)
    socket:on("data", function(data) visitor.text = visitor.text .. data end)
    socket:on("error", function(err)
      if visitor.connected then
        visitor.err = err
      elseif tries < 400 then
        timers.setTimeout(try, 10)
      end
    end)
    socket:on("close", function() visitor.closed = visitor.connected end)
  end
  try()
  testing.run(function() return visitor.connected end, PATIENCE)

  function visitor:expect(text)
    testing.run(function() return #self.text >= #text end, PATIENCE)
    assert.equal(text, self.text)
  end

  function visitor:expect_end(text)
    testing.run(function() return self.closed end, PATIENCE)
    if text then assert.equal(text, self.text) end
    return self.text
  end

  return visitor
end

-- A server that answers, for programs that are clients.
local function serve(port, answer)
  local server = net.createServer({ allowHalfOpen = true }, answer):listen(port, HOST)
  testing.wait(server, "listening")
  return server
end

local function echo(socket) socket:pipe(socket) end

local function expect_echo(where)
  local visitor = visit(where)
  visitor.socket:finish("there and back")
  visitor:expect_end("there and back")
end

-- document -> heading -> what talks to the program there: gets the program and the addresses. With a `before`, which
-- has to be there when the program starts, it is `talk`, and gets what `before` gave.
local peers = {
  ["README.md"] = {
    ["uvnet"] = function(program, addresses)
      program:waitFor("listening on port %d+\n")
      local visitor = visit(addresses.ports[1])
      visitor.socket:write("once\n")
      visitor:expect("hello\r\nonce\n")
      visitor.socket:finish("twice\n")
      visitor:expect_end("hello\r\nonce\ntwice\n")
    end,
    ["1. A server"] = function(program, addresses)
      visit(addresses.ports[1]).socket:finish("12345")
      program:waitFor("gone\n")
    end,
    ["2. A client"] = {
      before = function(addresses)
        return serve(addresses.ports[1], function(socket)
          socket:once("data", function(data)
            assert.equal("ping\n", data)
            socket:write("pong")
          end)
          socket:on("end", function() socket:finish() end)
        end)
      end,
      talk = function(program, _, server)
        assert.equal(0, program:wait())
        server:close()
      end,
    },
    ["4. Time-outs"] = function(_, addresses) visit(addresses.ports[1]):expect_end("too slow\n") end,
    ["5. Back-pressure"] = function(_, addresses)
      local text = visit(addresses.ports[1]):expect_end()
      local count = 0
      for number in text:gmatch("(%d+)\n") do
        count = count + 1
        if tonumber(number) ~= count then error("line " .. count .. " is " .. number) end
      end
      assert.equal(100000, count)
    end,
    ["6. A proxy"] = function(program, addresses)
      local target = serve(addresses.ports[2], echo)
      expect_echo(addresses.ports[1])
      target:close()
      testing.wait(target, "close")
      visit(addresses.ports[1]):expect_end("")
      program:waitFor("proxy: connect ECONNREFUSED")
    end,
    ["7. Lines"] = function(_, addresses)
      local visitor = visit(addresses.ports[1])
      visitor.socket:write("one\r\ntw")
      visitor:expect("ONE\n")
      visitor.socket:finish("o\nthree\n")
      visitor:expect_end("ONE\nTWO\nTHREE\n")
      -- A line is too long whether its end has come or not, and 64 KiB of it, or of short ones, are done at once.
      for _, long in ipairs({ ("x"):rep(5000), ("x"):rep(65536), ("x"):rep(5000) .. "\n" }) do
        visitor = visit(addresses.ports[1])
        visitor.socket:write(long)
        visitor:expect_end("")
      end
      visitor = visit(addresses.ports[1])
      visitor.socket:finish(("\n"):rep(65536) .. ("x"):rep(4096) .. "\n")
      visitor:expect_end(("\n"):rep(65536) .. ("X"):rep(4096) .. "\n")
    end,
    ["8. Several servers"] = function(_, addresses)
      expect_echo(addresses.ports[1])
      expect_echo(addresses.ports[2])
      expect_echo(addresses.path)
    end,
    ["9. A graceful close"] = function(program, addresses)
      local one, two = visit(addresses.ports[1]), visit(addresses.ports[1])
      two.socket:write("stop")
      one:expect_end("bye\n")
      two:expect_end("bye\n")
      assert.equal(0, program:wait(PATIENCE))
    end,
  },
  ["docs/from-node.md"] = {
    ["Signals"] = function(program, addresses)
      program:waitFor("listening\n")
      local visitor = visit(addresses.ports[1])
      visitor.socket:write("once ")
      visitor:expect("once ")
      program:kill("INT")
      visitor:expect_end("once going down\n")
      assert.equal(0, program:wait(PATIENCE))
    end,
  },
  ["docs/protocol-server.md"] = {
    ["The server"] = function(program, addresses)
      local visitor = visit(addresses.ports[1])
      visitor.socket:write("PUT a 3\r\none")
      visitor:expect("OK\r\n")
      visitor.socket:write("GET a\r\nQUIT\r\n")
      visitor:expect_end("OK\r\nVALUE 3\r\noneBYE\r\n")
      visitor = visit(addresses.ports[1])
      visitor.socket:write("GET a\r\nPUT b 5\r\n12")
      visitor:expect("VALUE 3\r\none")
      program:kill("TERM")
      visitor:expect_end("VALUE 3\r\noneERROR going down\r\n")
      assert.equal(0, program:wait(PATIENCE))
    end,
  },
}

local function documents(...)
  local list = { "README.md" }
  for _, what in ipairs({ ... }) do
    for _, path in ipairs(tree.files(what[1], what[2])) do
      list[#list + 1] = path
    end
  end
  return list
end

local function is_spec(block) return block.name and block.name:find("_spec%.lua$") end

local function command_of(directory, block, path)
  if not is_spec(block) then return blocks.command(directory, path) end
  return blocks.command(directory, child.root .. "/tools/busted.lua", "--output=plainTerminal", path)
end

-- A library of others that a block requires and that is not installed for this Lua, or nil.
local function missing_library(directory, block)
  local paths = ("%s;%s/?.lua;%s"):format(package.path, directory, package.cpath)
  for name in block.text:gmatch("require%s*%(?%s*[\"']([%w_.]+)[\"']") do
    local found = package.loaded[name] ~= nil or package.preload[name] ~= nil
    for template in paths:gmatch("[^;]+") do
      local file = io.open((template:gsub("%?", (name:gsub("%.", "/")))), "rb")
      if file then
        file:close()
        found = true
      end
    end
    if not found then return name end
  end
end

local function test(document, directory, block, peer)
  local addresses = blocks.addresses()
  local name = block.name or ("block_%d.lua"):format(block.line)
  local path = blocks.save(directory, name, blocks.program(block, addresses))
  local missing = missing_library(directory, block)
  if missing then return pending("needs " .. missing) end
  local prepared
  if type(peer) == "table" then
    prepared = peer.before(addresses)
    peer = peer.talk
  end
  local program = child.start(command_of(directory, block, path), { directory = directory })
  local promised = blocks.localized(blocks.promised(block), addresses)
  if peer then
    peer(program, addresses, prepared)
  elseif program:wait(PATIENCE) ~= 0 or is_spec(block) and program:output():find(" 0 successes") then
    local said = program:output() .. program:errors()
    error(("%s:%d: status %s\n%s"):format(document, block.line, program:status(), said), 0)
  end
  assert.equal("", program:errors())
  if promised ~= "" then assert.equal(promised, program:output()) end
  os.remove(addresses.path)
end

for _, document in ipairs(documents({ "docs", "%.md$" }, { "types", "%.lua$" })) do
  local all = blocks.of(document)
  if #all > 0 then
    describe(document, function()
      local directory
      local left = peers[document] or {}

      setup(function() directory = blocks.directory() end)
      teardown(function() blocks.remove(directory) end)
      testing.leakCheck(before_each, after_each)
      after_each(child.cleanup)

      for _, block in ipairs(all) do
        local peer
        if not block.name then
          peer, left[block.heading] = left[block.heading], nil
        end
        it(("runs as printed: line %d, %s"):format(block.line, block.heading), function()
          test(document, directory, block, peer)
        end)
      end

      it("has all the sections that are expected of it", function() assert.same({}, left) end)
    end)
  end
end

-- Does a document have a heading, or a page an anchor, of this name? A heading's is its text without punctuation.
local function has_anchor(file, anchor)
  local text = tree.read(file)
  if not file:find("%.md$") then return text:find(('"%s"'):format(anchor), 1, true) ~= nil end
  for heading in ("\n" .. text:gsub("```.-\n```", "")):gmatch("\n#+ ([^\n]+)") do
    if heading:lower():gsub("[^%w _-]", ""):gsub(" ", "-") == anchor then return true end
  end
  return false
end

describe("the links of the documents", function()
  for _, document in ipairs(documents({ "docs", "%.md$" }, { "types", "%.md$" })) do
    it("lead to files that are there: " .. document, function()
      local base = document:match("^(.*/)") or ""
      local text = tree.read(document):gsub("```.-\n```", ""):gsub("`[^`\n]*`", "")
      for target in text:gmatch("%]%(([^)%s]+)%)") do
        if not target:find("^%a+:") then
          local file, anchor = target:match("^([^#]*)#?(.*)$")
          local path = file == "" and document or base .. file
          assert.truthy(lfs.attributes(path, "mode"), document .. ": " .. target)
          if anchor ~= "" then assert.is_true(has_anchor(path, anchor), document .. ": " .. target) end
        end
      end
    end)
  end
end)
