-- What stress/oom runs while memory fails, to see that no bytes are lost without a word: what a connection has brought
-- is the beginning of what was sent, and all of it if it has ended without an error. The program goes on after each
-- error that comes out of net.run.

local net
local pieces = {}
for i = 1, 40000 do
  pieces[i] = ("%07d "):format(i)
end
local SENT = table.concat(pieces)
pieces = nil -- luacheck: ignore 311

local seen, open, all_sent

local function nothing() end

-- Each reads in its own way, and notes in `one` what comes.
local ways = {}

function ways.data(client, one)
  client:on("data", function(chunk) one[#one + 1] = chunk end)
end

-- With two listeners it goes by way of the streams.
function ways.slow(client, one)
  client:on("data", function(chunk) one[#one + 1] = chunk end)
  client:on("data", nothing)
end

function ways.text(client, one)
  client:setEncoding("utf8")
  client:on("data", function(chunk) one[#one + 1] = chunk end)
end

function ways.readable(client, one)
  client:on("readable", function()
    local chunk = client:read()
    while chunk do
      one[#one + 1] = chunk
      chunk = client:read()
    end
  end)
end

-- Places in advance: to note something takes no memory.
local function places()
  local one = {}
  for i = 1, 400 do
    one[i] = false
  end
  for i = 1, 400 do
    one[i] = nil
  end
  return one
end

local function script()
  net = require("uvnet")
  seen, open, all_sent = {}, {}, 0
  local function keep(object)
    open[#open + 1] = object
    return object
  end
  local function send(socket)
    keep(socket):on("error", nothing):on("finish", function() all_sent = all_sent + 1 end)
    socket:finish(SENT)
  end
  local server = keep(net.createServer(function(socket)
    -- Who has nothing to send must not be waited for.
    if not pcall(send, socket) then socket:destroy() end
  end))
  server:on("error", nothing):listen(0, "127.0.0.1"):unref()
  pcall(net.run, "nowait")
  local where = server:address()
  if not where then return end
  for name, way in pairs(ways) do
    local one = places()
    one.name = name
    local client = keep(net.Socket())
    client:on("error", function() one.failed = true end):on("end", function() one.ended = true end)
    one.failed, one.ended = false, false
    way(client, one)
    seen[#seen + 1] = one
    client:connect(where.port, "127.0.0.1")
  end
  for _ = 1, 100 do
    if pcall(net.run) then break end
  end
end

local function tidy()
  for name, value in pairs(package.loaded) do
    if name:find("^uvnet") and type(value) ~= "table" then package.loaded[name] = nil end
  end
  local core = require("uvnet.core")
  net = require("uvnet")
  local wrong
  for _, one in ipairs(seen or {}) do
    local text = table.concat(one)
    if SENT:sub(1, #text) ~= text then wrong = one.name .. ": what has come is not what was sent" end
    if one.ended and not one.failed and #text ~= #SENT and all_sent == #seen then
      wrong = one.name .. ": it has ended after " .. #text .. " of " .. #SENT .. " bytes"
    end
  end
  for _ = 1, 100 do
    for _, object in ipairs(core.open_objects()) do
      object:removeAllListeners("error"):on("error", nothing)
      if object.destroy then object:destroy() else object:close() end
    end
    for _, object in ipairs(open or {}) do
      if object.destroy then object:destroy() else object:close() end
    end
    collectgarbage()
    collectgarbage()
    pcall(net.run, "nowait")
    if core.open_handles() == 0 then break end
  end
  seen, open, net = nil, nil, nil
  if wrong then error(wrong) end
end

return script, tidy
