-- A fast writer that meets a reader that sleeps: some connections by `write` and `drain`, some by a pipe that gives
-- back what its peer does not read. While the readers sleep, what is held stays within the high-water marks and memory
-- stays flat; then they wake up, and every byte that was taken comes, in order.

package.path = "stress/?.lua;" .. package.path
local common = require("soak.common")
local net = require("uvnet")

local PAIRS = 10
local HIGH_WATER = 16384
local CHUNK = 65536

local asleep = true
local writers, readers = {}, {}

-- Writes for as long as the reader sleeps, then ends.
local function write_fast(socket, offset)
  local writer = { socket = socket, sent = 0 }
  writers[#writers + 1] = writer
  local function go()
    while asleep do
      local data = common.bytes(offset, writer.sent, CHUNK)
      writer.sent = writer.sent + #data
      if not socket:write(data) then
        socket:once("drain", go)
        return
      end
    end
    socket:finish()
  end
  go()
  return writer
end

local function read_late(socket, offset)
  local take, tally = common.receiver(offset, "behind a reader that slept")
  local reader = { socket = socket, tally = tally }
  readers[#readers + 1] = reader
  socket:on("data", take)
  socket:on("end", function() reader.ended = true end)
  socket:pause()
  return reader
end

local accepted = 0
local server = net.createServer({ allowHalfOpen = true }, function(socket)
  socket:on("error", function(err) common.fail("a reader that sleeps: " .. tostring(err)) end)
  accepted = accepted + 1
  if accepted % 2 == 0 then
    socket:pipe(socket)
  else
    -- Its own client sleeps.
    socket:once("data", function(data) socket.writer = write_fast(socket, tonumber(data)) end)
  end
end)
server:listen(0)

local function connect(i)
  local socket = net.Socket({ allowHalfOpen = true })
  socket:on("error", function(err) common.fail("a reader that sleeps: " .. tostring(err)) end)
  socket:connect(server:address().port, "127.0.0.1", function()
    local reader = read_late(socket, i)
    if accepted % 2 == 0 then
      reader.writer = write_fast(socket, i)
    else
      socket:write(tostring(i))
    end
    socket:on("end", function()
      if not socket.writableEnded then socket:finish() end
    end)
    if i < PAIRS then connect(i + 1) end
  end)
end

common.serve({
  begin = function() connect(1) end,
  -- The most that one of them holds beyond what the system took, and all that was written.
  held = function(reply)
    local most, sent = 0, 0
    for _, writer in ipairs(writers) do
      most = math.max(most, writer.socket.writableLength)
      sent = sent + writer.sent
    end
    for _, reader in ipairs(readers) do
      most = math.max(most, reader.socket.readableLength)
    end
    if most > HIGH_WATER + CHUNK then common.fail(most .. " bytes are held for a reader that sleeps") end
    reply(most, sent, #writers)
  end,
  wake = function(reply)
    asleep = false
    local left = #readers
    for _, reader in ipairs(readers) do
      reader.socket:on("close", function()
        left = left - 1
        if left > 0 then return end
        local sent, got = 0, 0
        for i = 1, #writers do
          sent, got = sent + writers[i].sent, got + readers[i].tally.got
        end
        if sent ~= got then common.fail(("of %d bytes %d reached readers that slept"):format(sent, got)) end
        reply(got)
      end)
      reader.socket:resume()
    end
  end,
})
