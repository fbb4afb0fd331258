--- Notes the events of sockets and servers in the order in which they come.

local EVENTS = { "lookup", "connect", "listening", "data", "drain", "timeout", "finish", "end", "error", "close" }

local function text_of(event, value)
  if event == "error" then return event .. ":" .. tostring(value.code or value.message) end
  if event == "data" or (event == "close" and value ~= nil) then return event .. ":" .. tostring(value) end
  return event
end

--- Begins to note.
-- @tparam emitter emitter
-- @tparam[opt] table log is added to; otherwise a new one
-- @tparam[opt] string name stands before the events: `client.close:false`
-- @tparam[opt] table without names of events that are not listened for
-- @treturn table the log, a list
return function(emitter, log, name, without)
  log = log or {}
  local skip = {}
  for _, event in ipairs(without or {}) do
    skip[event] = true
  end
  for _, event in ipairs(EVENTS) do
    if not skip[event] then
      emitter:on(event, function(value)
        log[#log + 1] = (name and name .. "." or "") .. text_of(event, value)
      end)
    end
  end
  return log
end
