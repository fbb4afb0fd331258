-- A random walk over the ways to read a stream: chunks cut at random, and at random who reads them, by which method:
-- the
-- methods that wait, some of them broken off; `data` listeners, `read`, `unshift`, `pipe`, `frames`, `setEncoding`.
-- After
-- each step what was read is what a plain model says, so that no byte is lost or comes twice.
--
-- usage: lua stress/framing.lua [STEPS [SEED]], from the project's directory
-- The seed is printed: the same seed makes the same calls, as far as the system answers in the same order.

local net = require("uvnet")
local async, timers = net.async, net.timers

local STEPS = tonumber(arg[1]) or 20000
local SEED = tonumber(arg[2]) or os.time() % 1000000
math.randomseed(SEED)
for _ = 1, 10 do
  math.random()
end
local random, unpack = math.random, table.unpack or unpack -- luacheck: ignore 143
print(("framing: %d steps, seed %d, %s"):format(STEPS, SEED, jit and jit.version or _VERSION))

local BYTES = { "\n", "\r\n", "|", "|-", "-", "\0", "\1", "\3", "\9", "a", "b", "some text ", ("long "):rep(20) }

local function random_data()
  local list = {}
  for i = 1, random(0, random(4) == 1 and 600 or 120) do
    list[i] = BYTES[random(#BYTES)]
  end
  return table.concat(list)
end

-- Waits for a turn of the loop or some.
local function turn()
  for _ = 1, random(3) do
    local over = async.queue(1)
    timers.setImmediate(function() over:put(true) end)
    over:take()
  end
end

-- ---- what is read ----

local function feed(data, push)
  async.run(function()
    local at, large = 1, random(3) == 1 -- of large chunks messages are taken past the streams
    while at <= #data do
      local size = large and random(4000) or random(4) == 1 and random(200) or random(8)
      push(data:sub(at, at + size - 1))
      at = at + size
      if random(3) == 1 then turn() end
    end
    push(nil)
  end)
end

local server, accepted

local function new_stream(data)
  if random(2) == 1 then
    local stream = net.stream.Readable({ read = function() end, highWaterMark = random(2) == 1 and random(50) or nil })
    feed(data, function(chunk) stream:push(chunk) end)
    return stream
  end
  local client = async.connect(server:address().port, "127.0.0.1")
  while #accepted == 0 do
    turn()
  end
  local peer = table.remove(accepted)
  if random(2) == 1 then client, peer = peer, client end
  client:on("error", function() end)
  peer:on("error", function() end)
  client:resume()
  feed(data, function(chunk)
    if client.destroyed then return end
    if chunk then client:write(chunk) else client:finish() end
  end)
  return peer
end

-- ---- the model: the data, and how far it has been read ----

local function expect_delimited(model, delimiter, limit)
  local data, at = model.data, model.at
  local from, to = data:find(delimiter or "\n", at, true)
  local rest = #data - at + 1
  if not from then
    if rest == 0 then return "end" end
    if delimiter then return rest > limit and "maybe long" or "cut" end
    return rest > limit and "long" or "value", data:sub(at), #data + 1
  end
  local value = data:sub(at, from - 1)
  if not delimiter and value:sub(-1) == "\r" then value = value:sub(1, -2) end
  if #value > limit then return "long" end
  return "value", value, to + 1
end

local SIZES = { u8 = 1, u16be = 2, u16le = 2, u32le = 4, u64be = 8 }
local FORMATS = { "u8", "u8", "u8", "u16be", "u16le", "u32le", "u64be" }

local function expect_frame(model, format, limit)
  local data, at, size = model.data, model.at, SIZES[format]
  local rest = #data - at + 1
  if rest == 0 then return "end" end
  if rest < size then return "cut" end
  local length = 0
  for i = 1, size do
    local place = format:find("le") and at + size - i or at + i - 1
    length = length * 256 + data:byte(place)
  end
  if length > limit then return "long" end
  if rest < size + length then return "cut" end
  return "value", data:sub(at + size, at + size + length - 1), at + size + length
end

local function fail(model, what, ...)
  local parts = { what }
  for i = 1, select("#", ...) do
    parts[#parts + 1] = ("%q"):format(tostring((select(i, ...))))
  end
  error(("step %d, seed %d, at %d of %d: %s; so far: %s"):format(
    model.step, SEED, model.at, #model.data, table.concat(parts, " "), table.concat(model.log, " ")
  ), 0)
end

local function advance(model, got, what)
  if model.data:sub(model.at, model.at + #got - 1) ~= got then fail(model, what, got) end
  model.at = model.at + #got
end

-- Calls what waits, sometimes with little time, or in a task that is cancelled: then nothing may have been read.
local function call(stream, method, ...)
  local dice = random(8)
  if dice > 2 then return async.pcall(stream[method], stream, ...) end
  local arguments, count = { ... }, select("#", ...)
  local task = async.run(function()
    return async.pcall(stream[method], stream, unpack(arguments, 1, count))
  end)
  if dice == 1 then turn() end
  task:cancel()
  return task:await()
end

local function settle(model, name, kind, value, next, ok, got)
  if not ok and type(got) == "table" and got.code == "ABORT_ERR" then return end
  local code = not ok and (type(got) == "table" and got.code or tostring(got))
  if kind == "value" then
    if not ok or got ~= value then fail(model, name, value, got) end
    model.at = next
  elseif kind == "end" then
    if not ok or got ~= nil then fail(model, name .. " at the end", got) end
    model.over = true
  elseif kind == "cut" or kind == "maybe long" and code == "ERR_STREAM_PREMATURE_CLOSE" then
    if code ~= "ERR_STREAM_PREMATURE_CLOSE" then fail(model, name .. " cut off", got) end
    advance(model, got.partial, name .. " partial")
    if model.at <= #model.data then fail(model, name .. " partial", got.partial) end
    model.over = true
  elseif code ~= "ERR_FRAME_TOO_LONG" then
    fail(model, name .. " too long", got)
  end
end

local function a_limit() return random(4) == 1 and random(0, 60) or 65536 end

local steps = {}

function steps.line(stream, model)
  local limit = a_limit()
  local kind, value, next = expect_delimited(model, nil, limit)
  settle(model, "readLine", kind, value, next, call(stream, "readLine", limit < 65536 and { limit = limit } or nil))
end

function steps.delimiter(stream, model)
  local limit, delimiter = a_limit(), random(2) == 1 and "|" or "|-"
  local kind, value, next = expect_delimited(model, delimiter, limit)
  settle(model, "readUntil", kind, value, next, call(stream, "readUntil", delimiter, { limit = limit }))
end

function steps.frame(stream, model)
  local limit, format = a_limit(), FORMATS[random(#FORMATS)]
  local kind, value, next = expect_frame(model, format, limit)
  settle(model, "readFrame", kind, value, next, call(stream, "readFrame", format, { limit = limit }))
end

function steps.exactly(stream, model)
  local n = random(30)
  local rest = #model.data - model.at + 1
  local kind = rest == 0 and "end" or rest < n and "cut" or "value"
  local value = model.data:sub(model.at, model.at + n - 1)
  settle(model, "readExactly", kind, value, model.at + n, call(stream, "readExactly", n))
end

function steps.some(stream, model)
  local max = random(2) == 1 and random(20) or nil
  local ok, got = call(stream, "readSome", max)
  if not ok and got.code == "ABORT_ERR" then return end
  if not ok then fail(model, "readSome", got) end
  if got == nil then
    if model.at <= #model.data then fail(model, "readSome too early", got) end
    model.over = true
    return
  end
  if max and #got > max or #got == 0 then fail(model, "readSome", max, got) end
  advance(model, got, "readSome")
end

function steps.listen(stream, model)
  local got = {}
  local function on_data(chunk) got[#got + 1] = chunk end
  stream:on("data", on_data)
  stream:resume()
  turn()
  if random(3) == 1 then
    -- Who waits meanwhile is served first; what is left goes to the listener.
    stream:pause()
    advance(model, table.concat(got), "data")
    got = {}
    stream:resume()
    local ok, some = async.pcall(stream.readExactly, stream, 1)
    if ok and some then
      -- What came in the tick of resume came before it.
      local before = table.concat(got)
      if #before > 0 and model.data:sub(model.at, model.at + #before) ~= before .. some then
        fail(model, "data and a task", before, some)
      end
      model.at = model.at + #before
      got = {}
      advance(model, some, "readExactly beside data")
    end
  end
  stream:pause()
  stream:removeListener("data", on_data)
  advance(model, table.concat(got), "data")
end

function steps.read(stream, model)
  local got = stream:read(random(2) == 1 and random(10) or nil)
  if got then advance(model, got, "read") end
end

function steps.unshift(stream, model)
  local count = random(0, math.min(20, model.at - 1))
  if count == 0 or stream.readableEnded or stream.destroyed then return end
  stream:unshift(model.data:sub(model.at - count, model.at - 1))
  model.at = model.at - count
end

function steps.pipe(stream, model)
  local target, got = net.stream.PassThrough(), {}
  target:on("data", function(chunk) got[#got + 1] = chunk end)
  stream:pipe(target)
  turn()
  stream:unpipe(target)
  turn()
  turn()
  advance(model, table.concat(got), "pipe")
end

function steps.frames(stream, model)
  local got = {}
  local left = random(4)
  local stop
  stop = stream:frames({ delimiter = "\n" }, function(message)
    got[#got + 1] = message .. "\n"
    left = left - 1
    if left == 0 then stop() end
  end)
  stream:resume()
  turn()
  stream:pause()
  stop()
  if stream.errored then
    -- The end has cut the last message off.
    if stream.errored.code ~= "ERR_STREAM_PREMATURE_CLOSE" then fail(model, "frames", stream.errored) end
    got[#got + 1] = stream.errored.partial
    model.over = true
  end
  advance(model, table.concat(got), "frames")
end

function steps.text(stream, model)
  if model.text or random(5) > 1 then return end
  model.text = true
  stream:setEncoding("utf8")
end

local NAMES = {
  "line", "line", "line", "delimiter", "frame", "exactly", "some", "some", "listen", "read", "unshift", "pipe",
  "frames", "text",
}

-- Another stream, which is read in between.
local other = net.stream.Readable({ read = function() end })
other:push(("between\n"):rep(100))

local function read_another()
  if other:readLine() ~= "between" then error("the other stream has lost a line", 0) end
  other:push(("between\n"):rep(random(0, 2)))
  if other.readableLength < 400 then other:push(("between\n"):rep(100)) end
end

local step = 0

local function episode()
  local model = { data = random_data(), at = 1, log = {} }
  local stream = new_stream(model.data)
  stream:on("error", function() end)
  while step < STEPS do
    step = step + 1
    model.step = step
    local name = NAMES[random(#NAMES)]
    model.log[#model.log + 1] = name .. "@" .. model.at
    if #model.log > 30 then table.remove(model.log, 1) end
    steps[name](stream, model)
    if random(6) == 1 then read_another() end
    if model.over or stream.readableEnded or stream.destroyed then break end
  end
  if step < STEPS and not stream.errored and model.at <= #model.data then fail(model, "is over before its end") end
  if rawget(stream, "_reader") or rawget(stream, "_writer") then fail(model, "somebody still waits") end
  stream:destroy()
end

server, accepted = net.createServer({ pauseOnConnect = random(2) == 1 }), {}
server:on("connection", function(socket) accepted[#accepted + 1] = socket end)
server:listen(0, "127.0.0.1")
async.once(server, "listening")
while step < STEPS do
  local limit = timers.setTimeout(function() error(("step %d, seed %d: it hangs"):format(step, SEED), 0) end, 20000)
  async.run(episode):await()
  limit:close()
end
server:close()
for _, socket in ipairs(accepted) do
  socket:destroy()
end
local over = timers.setTimeout(function() error("something keeps the loop running", 0) end, 20000)
over:unref()
net.run()
if require("uvnet.core").open_handles() > 0 then error("handles are left open") end
print("framing: ok")
