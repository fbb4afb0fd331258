-- The servers on luv: arg = mode, port[, back end's port].
local uv = require("luv")

local mode, port, backend = arg[1], tonumber(arg[2]), tonumber(arg[3])

local function drop(handle)
  if not handle:is_closing() then handle:close() end
end

-- Bytes from one to the other, read no faster than they are taken.
local function relay(from, to, on_end)
  local paused, on_read = false, nil
  local function on_written()
    if not paused or from:is_closing() or to:get_write_queue_size() > 0 then return end
    paused = false
    from:read_start(on_read)
  end
  function on_read(_, data)
    if not data then return on_end() end
    to:write(data, on_written)
    if to:get_write_queue_size() > 65536 then
      paused = true
      from:read_stop()
    end
  end
  from:read_start(on_read)
end

local modes = {}

function modes.echo(client)
  client:read_start(function(_, data)
    if not data then return drop(client) end
    client:write(data)
  end)
end

function modes.sink(client)
  local counted = 0
  client:read_start(function(_, data)
    if data then
      counted = counted + #data
    else
      client:write(("%d"):format(counted), function() drop(client) end)
    end
  end)
end

function modes.source(client)
  local bytes = {}
  for i = 0, 65535 do
    bytes[i + 1] = string.char(i % 251)
  end
  bytes = table.concat(bytes)
  local stopping = false
  local function pour(err)
    if err then return drop(client) end
    if stopping then return client:shutdown(function() drop(client) end) end
    client:write(bytes, pour)
  end
  client:read_start(function(_, data)
    stopping = true
    if not data then client:read_stop() end
  end)
  pour()
end

function modes.proxy(client)
  local other = uv.new_tcp()
  local function on_end()
    drop(client)
    drop(other)
  end
  other:connect("127.0.0.1", backend, function(err)
    if err then return on_end() end
    relay(client, other, on_end)
    relay(other, client, on_end)
  end)
end

local serve = assert(modes[mode], "which mode?")
local server = uv.new_tcp()
server:bind("127.0.0.1", port)
server:listen(511, function()
  local client = uv.new_tcp()
  server:accept(client)
  serve(client)
end)
print(("ready %d"):format(server:getsockname().port))
io.stdout:flush()
uv.run()
