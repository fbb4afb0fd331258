-- The servers on uvnet, through its public interface: arg = mode, port[, back end's port].
local net = require("net")

local mode, port, backend = arg[1], tonumber(arg[2]), tonumber(arg[3])

local function chunk()
  local bytes = {}
  for i = 0, 65535 do
    bytes[i + 1] = string.char(i % 251)
  end
  return table.concat(bytes)
end

local function ignore() end

local function slices(data)
  local parts, size = {}, #data
  for i = 0, 15 do
    parts[i + 1] = data:sub(math.floor(i * size / 16) + 1, math.floor((i + 1) * size / 16))
  end
  return parts
end

local function echo(socket)
  socket:on("data", function(data) socket:write(data) end)
end

local modes = { echo = echo }

function modes.pipe(socket) socket:pipe(socket) end

function modes.sink(socket)
  local counted = 0
  socket:on("data", function(data) counted = counted + #data end)
  socket:on("end", function() socket:finish(("%d"):format(counted)) end)
end

function modes.source(socket)
  local stopping, bytes = false, chunk()
  local function pour()
    while not stopping and socket:write(bytes) do
    end
    if stopping then socket:finish() end
  end
  socket:on("drain", pour)
  socket:on("data", function() stopping = true end)
  pour()
end

function modes.proxy(socket)
  local other = net.connect(backend, "127.0.0.1")
  other:on("error", function() socket:destroy() end)
  socket:on("error", function() other:destroy() end)
  socket:pipe(other)
  other:pipe(socket)
end

function modes.big(socket) socket:finish(chunk():rep(1024)) end

function modes.timeout(socket)
  socket:setTimeout(60000)
  echo(socket)
end

function modes.shorttimeout(socket)
  socket:setTimeout(2000, ignore)
  echo(socket)
end

function modes.callback(socket)
  socket:on("data", function(data) socket:write(data, ignore) end)
end

function modes.utf8(socket)
  socket:setEncoding("utf8")
  echo(socket)
end

function modes.list(socket)
  socket:on("data", function(data) socket:write(slices(data)) end)
end

function modes.many(socket)
  socket:on("data", function(data)
    for _, part in ipairs(slices(data)) do
      socket:write(part)
    end
  end)
end

-- What waits, in tasks.

local async = mode:find("^task") and net.async

function modes.task(socket)
  while true do
    local data = socket:readSome()
    if not data then return end
    socket:writeAll(data)
  end
end

-- A message is a line.
function modes.taskline(socket)
  while true do
    local line = socket:readLine()
    if not line then return end
    socket:writeAll(line .. "\n")
  end
end

-- Lines are counted, by each way to read them.
function modes.tasklines(socket)
  local counted = 0
  for line in socket:lines() do
    counted = counted + #line + 1
  end
  socket:finish(("%d"):format(counted))
end

function modes.taskreadlines(socket)
  local counted = 0
  while true do
    local line = socket:readLine()
    if not line then break end
    counted = counted + #line + 1
  end
  socket:finish(("%d"):format(counted))
end

function modes.lineframes(socket)
  local counted = 0
  socket:frames("line", function(line) counted = counted + #line + 1 end)
  socket:on("end", function() socket:finish(("%d"):format(counted)) end)
end

-- A deadline around each request.
function modes.taskdeadline(socket)
  local function answer()
    local data = socket:readSome()
    if data then socket:writeAll(data) end
    return data
  end
  while async.timeout(30000, answer) do
  end
end

local serve = assert(modes[mode], "which mode?")
if async then serve = async.wrap(serve) end
local half_open = mode == "sink" or mode == "source" or mode:find("line[sf]") ~= nil
local server = net.createServer({ allowHalfOpen = half_open }, function(socket)
  if not async then socket:on("error", ignore) end -- a task is told by what waits
  serve(socket)
end)
server:listen(port, "127.0.0.1", function()
  print(("ready %d"):format(server:address().port))
  io.stdout:flush()
end)
net.run()
