-- The servers on cqueues: arg = mode, port[, back end's port].
local cqueues = require("cqueues")
local cs = require("cqueues.socket")

local mode, port, backend = arg[1], tonumber(arg[2]), tonumber(arg[3])
local queue = cqueues.new()

local function pump(from, to)
  while true do
    local data = from:read(-65536)
    if not data or not to:write(data) then return end
  end
end

local modes = {}

function modes.echo(client)
  pump(client, client)
  client:close()
end

function modes.sink(client)
  local counted = 0
  while true do
    local data = client:read(-65536)
    if not data then break end
    counted = counted + #data
  end
  client:write(("%d"):format(counted))
  client:close()
end

function modes.lines(client)
  local counted = 0
  for line in client:lines("*l") do
    counted = counted + #line + 1
  end
  client:write(("%d"):format(counted))
  client:close()
end

function modes.source(client)
  local bytes = {}
  for i = 0, 65535 do
    bytes[i + 1] = string.char(i % 251)
  end
  bytes = table.concat(bytes)
  local stopping = false
  queue:wrap(function()
    client:read(-1)
    stopping = true
  end)
  while not stopping and client:write(bytes) do
  end
  client:shutdown("rw")
end

function modes.proxy(client)
  local other = assert(cs.connect("127.0.0.1", backend))
  other:setmode("b", "bn")
  local open = 2
  local function relay(from, to)
    pump(from, to)
    to:shutdown("w")
    open = open - 1
    if open > 0 then return end
    client:close()
    other:close()
  end
  queue:wrap(relay, other, client)
  relay(client, other)
end

local serve = assert(modes[mode], "which mode?")
local server = cs.listen({ host = "127.0.0.1", port = port })
queue:wrap(function()
  server:listen()
  print(("ready %d"):format((select(3, server:localname()))))
  io.stdout:flush()
  for client in server:clients() do
    queue:wrap(function()
      client:setmode("b", "bn")
      client:onerror(function(_, _, code) return code end)
      serve(client)
    end)
  end
end)
assert(queue:loop())
