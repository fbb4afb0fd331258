--- `net.strict`: an option that nobody knows is refused, and the near one named.
--
-- Floor 2.

local errors = require("uvnet.errors")
local lower = require("uvnet.base.plain").lower

local strict = { on = false }

local function set(text)
  local names = {}
  for name in text:gmatch("%S+") do
    names[name] = true
  end
  return names
end

local KNOWN = {
  -- A socket is made and connected with one table, so each takes what is the other's.
  socket = set([[
    fd handle allowHalfOpen readable writable highWaterMark readableHighWaterMark writableHighWaterMark defaultEncoding
    encoding decodeStrings emitClose autoDestroy objectMode readableObjectMode writableObjectMode captureRejections
    construct read write writev final destroy pauseOnCreate manualStart
    noDelay keepAlive keepAliveInitialDelay keepAliveInterval keepAliveCount typeOfService onread blockList signal
    port host path localAddress localPort family hints lookup autoSelectFamily autoSelectFamilyAttemptTimeout
    connectTimeout timeout
  ]]),
  server = set([[
    allowHalfOpen pauseOnConnect highWaterMark noDelay keepAlive keepAliveInitialDelay keepAliveInterval keepAliveCount
    blockList captureRejections
  ]]),
  listen = set([[
    port host path backlog exclusive ipv6Only reusePort readableAll writableAll signal fd handle _handle
  ]]),
  lookup = set("family hints all signal order verbatim"),
}

-- How many letters have to be changed, added or left out to get from one word to the other.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local above = row[j]
      local change = corner + (a:byte(i) == b:byte(j) and 0 or 1)
      row[j] = math.min(above + 1, row[j - 1] + 1, change)
      corner = above
    end
  end
  return row[#b]
end

local function letters(word)
  local list = { word:byte(1, -1) }
  table.sort(list)
  return table.concat(list, " ")
end

-- How far apart two words are: the same letters in another order are near.
local function apart(a, b)
  if a == b then return 0 end
  return letters(a) == letters(b) and 1 or distance(a, b)
end

-- The known name that is most like this one; nil if none is.
local function nearest(name, known)
  local best, found = math.max(2, math.floor(#name / 3)) + 1, nil
  local small = lower(name)
  for one in pairs(known) do
    local far = apart(small, lower(one))
    if far < best or far == best and found and one < found then
      best, found = far, one
    end
  end
  return found
end

--- Looks through an options table, if it is to be.
-- @param options
-- @tparam string kind `socket`, `server`, `listen` or `lookup`
-- @raise ERR_INVALID_ARG_VALUE
function strict.check(options, kind)
  if not strict.on or type(options) ~= "table" then return end
  local metatable = getmetatable(options)
  if metatable and rawget(metatable, "class") then return end -- a server or a socket
  local known = KNOWN[kind]
  for name, value in next, options do
    if type(name) ~= "string" or not known[name] then
      local near = type(name) == "string" and nearest(name, known)
      local reason = near and ("is unknown, did you mean '%s'"):format(near) or "is unknown"
      errors.throw("ERR_INVALID_ARG_VALUE", "options." .. tostring(name), value, reason)
    end
  end
end

return strict
