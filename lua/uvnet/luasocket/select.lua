--- `select`: which of several objects can be read, or written.
--
-- Floor 14.

local connection = require("uvnet.luasocket.connection")
local tcp = require("uvnet.luasocket.tcp")
local waiting = require("uvnet.luasocket.waiting")

local by_fd, now, wait = connection.by_fd, waiting.now, waiting.wait

-- Objects of ours, and whatever has `getfd`, such as LuaSocket's sinks and sources.
local function place_of(object)
  local place = tcp.place_of(object)
  if place then return place end
  local getfd = object.getfd
  if not getfd then return nil end
  local fd = getfd(object)
  if type(fd) ~= "number" or fd < 0 then return nil end
  place = by_fd[fd]
  if place and place:fd() == fd then return place end
  return error(("uvnet.luasocket: select cannot wait for a descriptor that is not its own (%d)"):format(fd), 3)
end

-- `entries` gets what there is to look at: object, place.
local function collect(list, entries, places)
  if list == nil then return end
  local i = 1
  while list[i] ~= nil do
    local place = place_of(list[i])
    if place then
      entries[#entries + 1] = { object = list[i], place = place }
      places[#places + 1] = place
    end
    i = i + 1
  end
end

local function ready(entries, method)
  local result = {}
  for i = 1, #entries do
    local entry = entries[i]
    if entry.place[method](entry.place) then
      result[#result + 1] = entry.object
      result[entry.object] = #result
    end
  end
  return result
end

local function check_table(at, value)
  if value ~= nil and type(value) ~= "table" then
    error(("bad argument #%d to 'select' (table expected, got %s)"):format(at, type(value)), 3)
  end
end

--- Waits until something can be done.
-- @tparam ?table to_receive a list of objects
-- @tparam ?table to_send
-- @tparam ?number timeout seconds; nil or less than 0: no matter how long
-- @treturn table those that can be received from, as a list and by object
-- @treturn table those that can be sent to
-- @treturn ?string `"timeout"` if there are none
return function(to_receive, to_send, timeout)
  check_table(1, to_receive)
  check_table(2, to_send)
  local seconds = timeout == nil and -1 or tonumber(timeout)
  if not seconds then error(("bad argument #3 to 'select' (number expected, got %s)"):format(type(timeout)), 2) end
  local reading, writing, places = {}, {}, {}
  collect(to_receive, reading, places)
  collect(to_send, writing, places)
  local deadline = seconds >= 0 and now() + seconds * 1000 or nil
  local is_over = false
  while true do
    local r, w = ready(reading, "is_readable"), ready(writing, "is_writable")
    if r[1] ~= nil or w[1] ~= nil then return r, w end
    if is_over then return r, w, "timeout" end
    is_over = wait(places, deadline)
  end
end
