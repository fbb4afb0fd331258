-- What the processes of the soak share: the pattern of the bytes, who checks them, what a process weighs, and the
-- line to the driver, over which a child is told what to do and answers.

local core = require("uvnet.core")
local net = require("uvnet")
local new_pattern = require("pattern")

local common = {}

function common.fail(text)
  io.stderr:write("soak: ", text, "\n")
  os.exit(1)
end

-- ---- what is sent ----

-- Each stream is this pattern from some place on, so that what is lost, doubled or swapped is seen by who receives it.
local PERIOD = 262139
local WHOLE = 5 * PERIOD
local pattern = new_pattern(PERIOD, 5)

--- The longest piece that `bytes` gives.
common.LONGEST = WHOLE - PERIOD

--- `size` bytes of the stream that begins at `offset`, from its byte `at` on.
function common.bytes(offset, at, size)
  local first = (offset + at) % PERIOD
  return pattern:sub(first + 1, first + size)
end

--- Gives a function that takes a stream's pieces and checks them, and a table whose `got` counts.
function common.receiver(offset, what)
  local tally = { got = 0 }
  return function(data)
    if data ~= common.bytes(offset, tally.got, #data) then
      common.fail(("%s: bytes behind %d are not those that were sent"):format(what, tally.got))
    end
    tally.got = tally.got + #data
  end, tally
end

--- Writes a stream in pieces of mixed sizes, as fast as the other side takes it; `half` is called in the middle, and
-- may end it by giving back true; `done` is called with how many bytes were written.
function common.send(socket, offset, size, half, done)
  local at, passed = 0, false
  local function go()
    while true do
      if socket.destroyed or socket.writableEnded then return end
      if at >= size / 2 and not passed then
        passed = true
        if half() then return done(at) end
        if socket.destroyed then return end
      end
      if at == size then return done(at) end
      local piece = math.min(math.random(4) == 1 and math.random(200000) or math.random(9000), size - at)
      if not passed then piece = math.min(piece, math.ceil(size / 2) - at) end
      local data = common.bytes(offset, at, piece)
      at = at + piece
      if not socket:write(data) then
        socket:once("drain", go)
        return
      end
    end
  end
  go()
end

-- ---- what a process weighs ----

local function read_all(name)
  local file = io.open(name)
  local text = file and file:read("*a") or ""
  if file then file:close() end
  return text
end

--- MB that are resident.
function common.resident()
  local pages = read_all("/proc/self/statm"):match("^%d+ (%d+)")
  return (tonumber(pages) or 0) * 4096 / 1e6
end

--- How many descriptors a process may have.
function common.descriptors() return tonumber(read_all("/proc/self/limits"):match("Max open files%s+(%d+)")) or 1024 end

-- ---- the line between driver and child ----

--- Calls `on_line(word, ...)` for each line that comes.
function common.lines(socket, on_line)
  local rest = ""
  socket:on("data", function(data)
    rest = rest .. data
    while true do
      local line, behind = rest:match("^(.-)\n(.*)$")
      if not line then return end
      rest = behind
      local words = {}
      for word in line:gmatch("%S+") do
        words[#words + 1] = tonumber(word) or word
      end
      on_line((table.unpack or unpack)(words)) -- luacheck: ignore 143
    end
  end)
end

--- A child's life (usage: PATH NAME SEED): each command of the driver is a function of `commands`, which gets a
-- function that answers.
function common.serve(commands)
  math.randomseed(tonumber(arg[3]))
  local driver = net.connect(arg[1])
  local function answer(...)
    driver:write(table.concat({ ... }, " ") .. "\n")
  end
  commands.weigh = commands.weigh or function(reply)
    collectgarbage()
    collectgarbage()
    reply(common.resident(), core.open_handles(), collectgarbage("count") / 1024)
  end
  common.lines(driver, function(command, ...)
    if command == "leave" then return driver:finish() end
    commands[command](answer, ...)
  end)
  driver:on("close", function() os.exit(0) end)
  driver:on("error", function() end)
  driver:write("hello " .. arg[2] .. "\n")
  net.run()
end

return common
