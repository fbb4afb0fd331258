-- `write` has several entrances: one for what is settled by asking the system once, LuaJIT's own for that, and the
-- usual one. However it is called, and often enough to be compiled, it does the same.

local prints = require("spec.support.ways").prints

describe("write", function()
  it("takes its arguments alike, however many there are", prints(("true\n"):rep(9) .. "15700 2000 0\n", [[
    local told, failed = 0, 0
    local function callback(err)
      told = told + 1
      if err then failed = failed + 1 end
    end
    pair(function(accepted, client)
      local got = 0
      accepted:on("data", function(data) got = got + #data end)
      accepted:on("end", function() print(("%d %d %d"):format(got, told, failed)) end)
      local forms = {
        function() return client:write("ab") end,
        function() return client:write("cd", nil) end,
        function() return client:write("ef", nil, nil) end,
        function() return client:write("gh", "utf8") end,
        function() return client:write("696a6b", "hex") end,
        function() return client:write("lm", callback) end,
        function() return client:write("no", nil, callback) end,
        function() return client:write({ "p", "q" }) end,
        function() return client:write("") end,
      }
      for _, form in ipairs(forms) do
        local all = true
        for _ = 1, 900 do
          all = form() and all
        end
        print(all)
      end
      for _ = 1, 100 do
        client:write("rs", "utf8", callback)
        client:write("tu", callback)
      end
      client:finish()
    end)
    net.run()
  ]]))

  it("refuses what it cannot send, and nothing is lost", prints([[
200 ERR_INVALID_ARG_TYPE
200 ERR_INVALID_ARG_TYPE
200 ERR_INVALID_THIS
200 ERR_INVALID_THIS
200 ERR_UNKNOWN_ENCODING
200
]], [[
    local function count(fn)
      local code, times
      times = 0
      for _ = 1, 200 do
        local ok, err = pcall(fn)
        if not ok then times, code = times + 1, err.code end
      end
      print(times .. " " .. code)
    end
    pair(function(accepted, client)
      local got = 0
      accepted:on("data", function(data) got = got + #data end)
      accepted:on("end", function() print(got) end)
      client:on("error", function() end)
      count(function() client:write("x"); client:write(5) end)
      count(function() client:write(nil) end)
      count(function() client.write("x") end)
      count(function() client.write() end)
      count(function() client:write("x", "no such") end)
      client:finish()
    end)
    net.run()
  ]]))

  it("looks at what it is given for a socket", prints(("0\n"):rep(6) .. "x\n", [[
    local function write(self)
      local ok, answer = pcall(net.Socket.write, self, "x")
      return ok and answer
    end
    pair(function(accepted, client)
      -- What shows the same metatable as a handle, and is none.
      local kind = getmetatable(client._handle)
      local file = assert(io.open(arg[0]))
      getmetatable(file).__metatable = kind
      local closed = assert(io.open(arg[0]))
      closed:close()
      for _, handle in ipairs({ io.stdout, file, closed, setmetatable({}, { __metatable = kind }), 5, "x" }) do
        local written = 0
        for _ = 1, 200 do
          if write({ _handle = handle }) then written = written + 1 end
        end
        print(written)
      end
      file:close()
      accepted:on("data", function(data) io.write(data, "\n") end)
      client:write("x")
      client:finish()
    end)
    net.run()
  ]]))

  it("goes on where the system has taken a part, in order and whole", prints("true 12000000\n", [[
    pair(function(accepted, client)
      local piece, sent, got, right = {}, 0, 0, true
      for i = 0, 59999 do
        piece[i + 1] = string.char(i % 253)
      end
      piece = table.concat(piece)
      accepted:on("data", function(data)
        -- Each byte says where it stands.
        for at = 1, #data, 4999 do
          right = right and data:byte(at) == ((got + at - 1) % 60000) % 253
        end
        got = got + #data
      end)
      accepted:on("end", function() print(tostring(right) .. " " .. got) end)
      local function pour()
        while sent < 200 do
          sent = sent + 1
          if not client:write(piece) then return client:once("drain", pour) end
        end
        client:finish()
      end
      pour()
    end)
    net.run()
  ]]))
end)

if not rawget(_G, "jit") then return end

describe("on LuaJIT", function()
  local child = require("spec.support.child")

  local function says(expected, text)
    return function()
      local output, status, errors = child.run(child.lua("-e", text))
      child.cleanup()
      assert.equal("", errors)
      assert.equal(expected, output)
      assert.equal(0, status)
    end
  end

  it("the module loads whatever has become of `jit` and `ffi`", says("8 times\n", [[
    local function forget()
      for name in pairs(package.loaded) do
        if name == "net" or name:find("^uvnet") and name ~= "uvnet.core" then package.loaded[name] = nil end
      end
    end
    local kept, times = jit, 0
    local function try(change, back)
      forget()
      change()
      assert(type(require("net").Socket.write) == "function")
      back()
      times = times + 1
    end
    local function set(value) return function() jit = value end end
    local back = set(kept)
    try(set(nil), back)
    try(set({}), back)
    try(set(5), back)
    try(set({ status = error }), back)
    local function load_as(value) return function() package.loaded.ffi = value end end
    try(load_as({}), load_as(nil))
    try(load_as(true), load_as(nil))
    local preload = package.preload.ffi
    try(function() package.preload.ffi = nil end, function() package.preload.ffi = preload end)
    try(jit.off, jit.on)
    print(times .. " times")
  ]]))

  it("who takes `ffi` away has it away, and who has it has one", says("false\ttrue\ttrue\n", [[
    local net = require("net")
    local loaded = package.loaded.ffi ~= nil
    local ffi = require("ffi")
    ffi.cdef("typedef struct { int x; } a_type;")
    local server = net.createServer(function(socket) socket:pipe(socket) end)
    server:listen(0, "127.0.0.1", function()
      local client = net.connect(server:address().port, "127.0.0.1")
      client:on("connect", function()
        for _ = 1, 300 do client:write("x") end
        client:finish()
      end)
      client:on("close", function() server:close() end)
      client:resume()
    end)
    net.run()
    local right = ffi.new("a_type", 5).x == 5
    package.loaded.ffi, package.preload.ffi = nil, nil
    print(loaded, right, not pcall(require, "ffi"))
  ]]))
end)
