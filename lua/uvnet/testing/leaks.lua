--- What a test has left open: found, named and closed.
--
-- Floor 11.

local check = require("uvnet.testing.check")
local class_name = require("uvnet.testing.name")
local core = require("uvnet.core")
local lists = require("uvnet.runtime.timer_lists")
local net = require("uvnet")
local traceback = require("uvnet.base.traceback")

local leaks = {}

local pcall, xpcall = pcall, xpcall

local function is_runner(info) return info.func == pcall or info.func == xpcall end

-- The lines of the test, without what runs it.
local function place() return (traceback(4, is_runner):gsub("^\n", "")) end

-- Where sockets and servers were made, while `track` is on: a traceback for each.
local made_at = setmetatable({}, { __mode = "k" })
local originals

--- Remembers from now on where each socket and server is made, so that `check` can say so.
function leaks.track()
  if originals then return end
  originals = {}
  for _, class in ipairs({ net.Socket, net.Server }) do
    local original = class.initialize
    originals[class] = original
    class.initialize = function(self, ...)
      made_at[self] = place()
      return original(self, ...)
    end
  end
end

--- Ends what `track` began.
function leaks.untrack()
  if not originals then return end
  for class, original in pairs(originals) do
    class.initialize = original
  end
  originals = nil
end

-- What owns a handle is a server or a socket, or something of the user's own.
local function close(object)
  if type(object.removeAllListeners) == "function" then
    -- Nobody is left to hear of what its end brings.
    object:removeAllListeners()
    object:on("error", function() end)
  end
  local method = net.Server:isInstance(object) and object.close or object.destroy or object.close
  if type(method) == "function" then method(object) end
end

-- Closes the timeouts that keep the loop running, and names each.
local function close_timeouts()
  local found = {}
  for _, list in ipairs(lists.heap) do
    local timeout = list._next
    while timeout ~= list do
      if timeout._ref then found[#found + 1] = timeout end
      timeout = timeout._next
    end
  end
  local names = {}
  for i, timeout in ipairs(found) do
    local kind = timeout._repeats and "an interval" or "a timeout"
    names[i] = ("%s of %d ms"):format(kind, timeout._duration)
    timeout:close()
  end
  return names
end

local TURNS = 10 -- what was closed needs one or two turns of the loop to be gone

-- A few turns that do not wait. Gives back whether something active is left, and the first thing that was raised.
local function settle()
  local raised, active
  for _ = 1, TURNS do
    local ok, result = pcall(net.run, "nowait")
    if ok then
      active = result
      if core.open_handles() == 0 then break end
    elseif not raised then
      raised = { result }
    end
  end
  return active, raised
end

local function name_of(object)
  local text = class_name(object)
  local ok, address = pcall(object.address, object)
  if ok and type(address) == "table" and address.port then
    text = ("%s on %s:%d"):format(text, address.address, address.port)
  elseif ok and type(address) == "string" then
    text = text .. " on " .. address
  end
  local server = object.server
  local made = made_at[object] or (server and made_at[server])
  if not made then
    return text .. (originals and ", made before its making was tracked" or "; testing.track() tells where it was made")
  end
  return text .. (server and ", accepted by the server made at\n" or ", made at\n") .. made
end

--- Raises a message that names the sockets and servers that are still open, where each was made if `track` is on, and
-- other things for which the loop would go on running: timeouts, immediates, lookups. What is open is closed, so that
-- the next test begins anew. For `after_each`.
-- @raise a message; what callbacks raise meanwhile
function leaks.check()
  local active, raised = settle()
  local complaints = {}
  for _, object in ipairs(core.open_objects()) do
    complaints[#complaints + 1] = name_of(object)
  end
  if #complaints > 0 then
    for _, object in ipairs(core.open_objects()) do
      close(object)
    end
    active = settle()
    table.insert(complaints, 1, "left open:")
  elseif core.open_handles() > 0 then
    complaints[1] = ("left open: %d handles without a socket or a server"):format(core.open_handles())
  end
  local names = active and close_timeouts() or {}
  if #names > 0 then
    local nothing = #complaints == 0 and "nothing is left open, but " or ""
    complaints[#complaints + 1] = ("%s%s keeps the loop running"):format(nothing, table.concat(names, ", "))
  elseif active and #complaints == 0 then
    complaints[1] = "nothing is left open, but an immediate or a lookup keeps the loop running"
  end
  if raised then
    if #complaints == 0 then error(raised[1], 0) end
    complaints[#complaints + 1] = "and a callback raised: " .. tostring(raised[1])
  end
  if #complaints > 0 then error(table.concat(complaints, "\n"), 0) end
end

--- Checks after each test of a `describe` that nothing was left open: `testing.leakCheck(before_each, after_each)`.
-- From then on it is remembered where each socket and server is made, in whatever part of a test.
-- @tparam function before_each busted's
-- @tparam function after_each busted's
-- @raise ERR_INVALID_ARG_TYPE
function leaks.leakCheck(before_each, after_each)
  check.dot(before_each, "leakCheck(before_each, after_each)")
  check.callable("before_each", before_each)
  check.callable("after_each", after_each)
  leaks.track()
  before_each(leaks.track) -- somebody may have ended it
  after_each(leaks.check)
end

return leaks
