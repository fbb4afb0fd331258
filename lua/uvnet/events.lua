--- EventEmitter, complete as in Node's `events`.
--
-- An emitter's `_events` maps an event's name to its one listener or to a `List` of them: one listener is what nearly
-- every event of nearly every socket has, and then there is no list. The core reads `_events` too, for the events that
-- it emits itself; it leaves anything but a plain function to `emit` here.
--
-- The same table holds the names in the order in which they came: a number as an event's name is turned into a string,
-- as in JavaScript, and so never meets them. A few names are at 1, 2, …, if there are two or more, and each change
-- looks through all of them. When there are many, an `Order` at 0 holds them, in which a name is found at once.
--
-- What nearly every connection listens for is `data` and `error`, one function each. While that is all, they are fields
-- of the emitter itself, and there is no `_events`: `_events.data`, and `_events.error`, or `_events.lateError` where
-- it came after that of `data`: names that nobody gives to a method of his own class. A table of its own would be a
-- quarter of what a connection takes. Whatever else there is to keep makes the table (`with_table`).
--
-- A list is never changed while it may be in use by an `emit`: it is copied first. So an `emit` calls those who
-- listened when it began, whatever they add or remove.
--
-- Floor 2.

local class = require("uvnet.base.class")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")

local EventEmitter = class.new("EventEmitter")

-- A limit of listeners: a number from 0 on.
local function check_limit(name, n)
  if type(n) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", n) end
  if not (n >= 0) then errors.throw("ERR_OUT_OF_RANGE", name, ">= 0", n) end
end

-- What a field of the class, not of its instances, may be.
local function guard_field(name, check)
  class.watch(EventEmitter, name, function(changed, value)
    if changed == EventEmitter then check(name, value) end
  end)
end

--- How many listeners one event may have before a warning is printed, for emitters that set no limit of their own.
-- Setting it to anything but a number from 0 on raises ERR_INVALID_ARG_TYPE or ERR_OUT_OF_RANGE.
EventEmitter.defaultMaxListeners = 10
guard_field("defaultMaxListeners", check_limit)

-- Does an emitter that says nothing of it capture?
EventEmitter._captures = false

local function check_boolean(name, value)
  if type(value) ~= "boolean" then errors.throw("ERR_INVALID_ARG_TYPE", name, "boolean", value) end
end

--- Does what the task of a listener raises become its emitter's `error`, for emitters that say nothing of it? A
-- listener has a task if it gives one back, as those do that `net.async.wrap` makes. Setting it to anything but a
-- boolean raises ERR_INVALID_ARG_TYPE.
EventEmitter.captureRejections = false
guard_field("captureRejections", function(name, value)
  check_boolean("EventEmitter." .. name, value)
  EventEmitter._captures = value
  if value then EventEmitter._captureRejections() end
end)

--- The name of a method that gets what the task of a listener has raised, the event, and the event's arguments, in
-- place of an `error` event. Servers and streams have one: it destroys the connection, or the stream.
EventEmitter.captureRejectionSymbol = setmetatable({}, {
  __tostring = function() return "events.captureRejectionSymbol" end,
})

--- The event that is emitted before `error`, whether or not `error` has listeners.
EventEmitter.errorMonitor = setmetatable({}, { __tostring = function() return "events.errorMonitor" end })

EventEmitter.EventEmitter = EventEmitter

local errorMonitor = EventEmitter.errorMonitor

-- A list of listeners: an array with a field `busy`, set for ever once an emit went over it.
local List = {}
local function is_list(entry) return getmetatable(entry) == List end

-- Not by unpack, which has a limit that a list of listeners has not.
local function copy(list)
  local result = {}
  for i = 1, #list do
    result[i] = list[i]
  end
  return result
end

local function copy_list(list)
  local result = setmetatable(copy(list), List)
  result.warned = list.warned
  return result
end

-- What `once` registers: it takes itself away and then calls the listener. Users meet it in rawListeners().
local Once = {}
Once.__index = Once

function Once:__call(...)
  if self.fired then return end
  self.emitter:removeListener(self.event, self)
  self.fired = true
  return self.listener(...)
end

local function is_once(entry) return getmetatable(entry) == Once end

-- What not everybody uses is loaded when it is first asked for.
local function lazily(module) return require(module) end

-- Once an emitter has asked for `captureRejections`: the module that holds its listeners.
local rejections

-- What `rawListeners` shows of an entry, and what was given.
local function raw(entry)
  if rejections and getmetatable(entry) == rejections.Capture then return entry.listener end
  return entry
end

local function original(entry)
  entry = raw(entry)
  return is_once(entry) and entry.listener or entry
end

-- `events.on` and `events.once` of Node wait for events. They have the names of our methods, and are told from them by
-- a table of these options in the listener's place; in a task, which can wait, by nothing or an empty table.
local OPTIONS = { signal = true, close = true, highWaterMark = true, lowWaterMark = true }

local function is_options(value)
  if value ~= nil and (type(value) ~= "table" or getmetatable(value) ~= nil) then return false end
  local any = false
  for name in next, value or {} do
    if not OPTIONS[name] then return false end
    any = true
  end
  return any or lazily("uvnet.events.answers").in_task()
end

-- What is no listener is often an emitter called with a dot.
local function refuse_listener(self, listener, method)
  errors._checkSelf(self, ("emitter:%s(event, listener)"):format(method))
  return errors.throw("ERR_INVALID_ARG_TYPE", "listener", "function", listener)
end

local standard_error = io and io.stderr -- a sandbox may have none

--- Prints a warning to standard error. Replace it to send warnings elsewhere.
-- @tparam Error warning
function EventEmitter.warn(warning)
  if standard_error then standard_error:write(tostring(warning), "\n") end
end
guard_field("warn", function(name, value)
  if not is_callable(value) then errors.throw("ERR_INVALID_ARG_TYPE", name, "function", value) end
end)

local function warn_of_leak(self, event, count)
  local its_class = class.of(self)
  local name = tostring(its_class and its_class.__name or "EventEmitter")
  local message = (
    "Possible EventEmitter memory leak detected. %d %s listeners added to [%s]. "
    .. "MaxListeners is %s. Use emitter:setMaxListeners() to increase limit"
  ):format(count, tostring(event), name, errors.inspect(self:getMaxListeners()))
  EventEmitter.warn(errors(message, {
    name = "MaxListenersExceededWarning",
    emitter = self,
    type = event,
    count = count,
  }))
end

-- An event's name as a key of `_events`.
local function to_key(event)
  if type(event) == "number" then return errors.inspect(event) end
  if event == nil then return "undefined" end
  return event
end

-- The order of many names: a list, with `false` in the place of a name that has gone, and the place of each name.
local Order = {}
Order.__index = Order

local MANY = 16

local function new_order(names)
  local order = setmetatable({ list = names, places = {}, last = #names, count = #names }, Order)
  for i = 1, #names do
    order.places[names[i]] = i
  end
  return order
end

function Order:add(name)
  if self.places[name] then return end
  local place = self.last + 1
  self.list[place], self.places[name] = name, place
  self.last, self.count = place, self.count + 1
end

function Order:names()
  local names, count = {}, 0
  for i = 1, self.last do
    local name = self.list[i]
    -- `false` may be a name as well.
    if name or self.places[name] == i then
      count = count + 1
      names[count] = name
    end
  end
  return names
end

function Order:remove(name)
  self.list[self.places[name]], self.places[name] = false, nil
  self.count = self.count - 1
  if self.last <= 2 * self.count + MANY then return end
  local fresh = new_order(self:names())
  self.list, self.places, self.last = fresh.list, fresh.places, fresh.last
end

local function names_of(events)
  local order = events[0]
  if order then return order:names() end
  if #events > 1 then return copy(events) end
  local first = events[1]
  local names = { first }
  for name in next, events do
    if name ~= 1 and not rawequal(name, first) then names[#names + 1] = name end
  end
  return names
end

-- The first listener of an event.
local function add_name(events, event, entry)
  local order = events[0]
  if order then
    order:add(event)
    events[event] = entry
    return
  end
  local first = next(events)
  if first == nil then
    events[event] = entry
  elseif next(events, first) == nil then
    events[event] = entry
    if not rawequal(next(events), first) then events[1] = first end
  else
    local names = names_of(events)
    names[#names + 1] = event
    if #names > MANY then
      events[0] = new_order(names)
    else
      for i = #events + 1, #names do
        events[i] = names[i]
      end
    end
    events[event] = entry
  end
end

-- The core remembers the one `data` listener of a socket that is read directly. Before that changes, it is told.
local function about_to_change(self, event)
  if event == "data" then
    local handle = rawget(self, "_handle")
    if handle ~= nil then EventEmitter._forgetListener(handle) end
  end
end

--- @local
function EventEmitter._forgetListener() end

-- False: it is not there. A late one is there only beside one of `data`.
EventEmitter["_events.data"], EventEmitter["_events.error"], EventEmitter["_events.lateError"] = false, false, false

-- The listener of an emitter without a table.
local function few(self, event)
  if event == "data" then return self["_events.data"] or nil end
  if event == "error" then return self["_events.error"] or self["_events.data"] and self["_events.lateError"] or nil end
end

-- Keeps the first listener of an event in an emitter without a table; false if it has to have one.
local function add_to_few(self, event, entry)
  local is_data = event == "data"
  if not is_data and event ~= "error" or type(entry) ~= "function" then return false end
  if is_data then
    if self["_events.data"] then return false end
    self["_events.data"] = entry
  elseif self["_events.error"] then
    return false
  elseif not self["_events.data"] then
    self["_events.error"] = entry
  elseif self["_events.lateError"] then
    return false
  else
    rawset(self, "_events.lateError", entry)
  end
  return true
end

-- The table of an emitter that has listeners, or nil.
local function with_table(self)
  local events = rawget(self, "_events")
  if events ~= nil then return events end
  local data, first = self["_events.data"], self["_events.error"]
  if not data and not first then return nil end
  local late = self["_events.lateError"]
  events = {}
  if first then add_name(events, "error", first) end
  if data then add_name(events, "data", data) end
  if late then add_name(events, "error", late) end
  -- They go first: so there is room for the table. What has been there can be put back without memory.
  rawset(self, "_events.data", nil)
  rawset(self, "_events.error", nil)
  rawset(self, "_events.lateError", nil)
  local ok, err = pcall(rawset, self, "_events", events)
  if ok then return events end
  rawset(self, "_events.data", data or nil)
  rawset(self, "_events.error", first or nil)
  rawset(self, "_events.lateError", late or nil)
  return error(err, 0)
end

-- The listener of an event, or its list, or nil.
local function entry_of(self, event)
  local events = rawget(self, "_events")
  if events == nil then return few(self, event) end
  return events[event]
end

--- Has it a listener? For a name that is a string.
-- @local
function EventEmitter._hears(self, event) return entry_of(self, event) ~= nil end

-- The last listener of an event has gone.
local function forget_name(self, events, event)
  about_to_change(self, event)
  events[event] = nil
  local order = events[0]
  if order then
    order:remove(event)
    -- Places that were made for many names are not kept.
    if order.count == 0 and rawget(self, "_events") == events then self._events = nil end
    return
  end
  local count = #events
  if count <= 2 then
    for i = count, 1, -1 do
      events[i] = nil
    end
    return
  end
  for i = 1, count do
    if rawequal(events[i], event) then
      table.remove(events, i)
      return
    end
  end
end

function EventEmitter._captureRejections()
  rejections = lazily("uvnet.events.rejections")
  rejections.begin(EventEmitter.captureRejectionSymbol)
end

--- The options that the class's constructor knows, each with the value true. Where `net.strict` is set, the
-- constructors of streams, sockets and servers refuse others; a class of yours that takes options of its own, and hands
-- them on, names them in a table of its own: what its parents know need not be in it.
EventEmitter.knownOptions = strict.names("captureRejections")

--- Makes an emitter: `EventEmitter([options])`.
-- @tparam[opt] table options
-- @tparam[opt] boolean options.captureRejections see `EventEmitter.captureRejections`, which is the default
-- @raise ERR_INVALID_ARG_TYPE
function EventEmitter:initialize(options)
  -- The classes above know more, and look themselves.
  if strict.on and class.of(self) == EventEmitter then strict.check(options, EventEmitter.knownOptions) end
  local captures = type(options) == "table" and options.captureRejections
  if not captures then return end
  check_boolean("options.captureRejections", captures)
  EventEmitter._captureRejections()
  self._captures = true
end

local function add(self, event, entry, prepend)
  if type(event) ~= "string" then event = to_key(event) end
  if rejections and self._captures then entry = rejections.hold(self, event, entry) end
  local events = rawget(self, "_events")
  if not events then
    if add_to_few(self, event, entry) then return self end
    events = with_table(self)
  end
  if not events then
    -- Written twice, it makes room for two: most emitters that have one event have another.
    rawset(self, "_events", { [event] = entry, [event] = entry })
    return self
  end
  if events.newListener ~= nil then
    self:emit("newListener", event, original(entry))
    -- The listener may have removed all listeners, and the table with them, and then added others.
    events = with_table(self) or {}
    self._events = events
  end
  local existing = events[event]
  if existing == nil then
    add_name(events, event, entry)
    return self
  end
  local list
  if not is_list(existing) then
    about_to_change(self, event)
    list = setmetatable(prepend and { entry, existing } or { existing, entry }, List)
    events[event] = list
  else
    list = existing
    if list.busy then
      list = copy_list(existing)
      events[event] = list
    end
    if prepend then
      table.insert(list, 1, entry)
    else
      list[#list + 1] = entry
    end
  end
  if not list.warned then
    local limit = self:getMaxListeners()
    if limit > 0 and #list > limit then
      list.warned = true
      warn_of_leak(self, event, #list)
    end
  end
  return self
end

--- Adds a listener behind those that are there. Emits `newListener` first.
-- @param event the event's name: a string, or any other value; a number is turned into a string
-- @tparam function listener called with the event's arguments
-- @return the emitter
-- @raise ERR_INVALID_ARG_TYPE
function EventEmitter:on(event, listener)
  if type(listener) ~= "function" and not is_callable(listener) then
    if is_options(listener) then return lazily("uvnet.events.waiting").on(self, event, listener) end
    refuse_listener(self, listener, "on")
  end
  return add(self, event, listener, false)
end

--- The same as `on`: a class that overrides one of them overrides both, or the other goes past it, as in Node.
-- @function addListener
EventEmitter.addListener = EventEmitter.on

--- Adds a listener before those that are there.
-- @param event the event's name
-- @tparam function listener
-- @return the emitter
function EventEmitter:prependListener(event, listener)
  if not is_callable(listener) then refuse_listener(self, listener, "prependListener") end
  return add(self, event, listener, true)
end

local function once_entry(self, event, listener, method)
  if not is_callable(listener) then refuse_listener(self, listener, method) end
  return setmetatable({ emitter = self, event = event, listener = listener }, Once)
end

--- Adds a listener that is called once: it is removed first, then called.
-- @param event the event's name
-- @tparam function listener
-- @return the emitter
function EventEmitter:once(event, listener, callback)
  if not is_callable(listener) and (callback ~= nil or is_options(listener)) then
    return lazily("uvnet.events.waiting").once(self, event, listener, callback)
  end
  return self:on(event, once_entry(self, event, listener, "once"))
end

--- Adds a listener that is called once, before those that are there.
-- @param event the event's name
-- @tparam function listener
-- @return the emitter
function EventEmitter:prependOnceListener(event, listener)
  return self:prependListener(event, once_entry(self, event, listener, "prependOnceListener"))
end

local function removed(self, events, event, entry)
  if events.removeListener ~= nil then self:emit("removeListener", event, original(entry)) end
end

--- Removes the listener that was added last, if it was added more than once. Emits `removeListener` afterwards.
-- @param event the event's name
-- @tparam function listener
-- @return the emitter
function EventEmitter:removeListener(event, listener)
  if not is_callable(listener) then refuse_listener(self, listener, "removeListener") end
  event = to_key(event)
  local events = with_table(self)
  local existing = events and events[event]
  if existing == nil then return self end
  if not is_list(existing) then
    if raw(existing) == listener or original(existing) == listener then
      forget_name(self, events, event)
      removed(self, events, event, existing)
    end
    return self
  end
  for i = #existing, 1, -1 do
    local entry = existing[i]
    if raw(entry) == listener or original(entry) == listener then
      local list = existing
      if list.busy then
        list = copy_list(existing)
        events[event] = list
      end
      table.remove(list, i)
      if #list == 1 then events[event] = list[1] end
      removed(self, events, event, entry)
      break
    end
  end
  return self
end

--- The same as `removeListener`.
-- @function off
EventEmitter.off = EventEmitter.removeListener

--- Removes all listeners, or those of one event.
-- @param[opt] event the event's name
-- @return the emitter
function EventEmitter:removeAllListeners(event)
  errors._checkSelf(self, "emitter:removeAllListeners(event)")
  local events = with_table(self)
  if not events then return self end
  if event ~= nil then event = to_key(event) end
  if events.removeListener == nil then
    if event == nil then
      about_to_change(self, "data")
      self._events = nil
    elseif events[event] ~= nil then
      forget_name(self, events, event)
    end
    return self
  end
  if event == nil then
    for _, name in ipairs(self:eventNames()) do
      if name ~= "removeListener" then self:removeAllListeners(name) end
    end
    self:removeAllListeners("removeListener")
    about_to_change(self, "data")
    self._events = nil
    return self
  end
  -- The last that came goes first, each announced. What listeners of `removeListener` add meanwhile stays.
  local present = self:rawListeners(event)
  for i = #present, 1, -1 do
    self:removeListener(event, present[i])
  end
  return self
end

local function raise_unhandled(self, err)
  -- An Error says whose it is. It, or a user's own table or userdata, goes out unchanged otherwise.
  if errors:isInstance(err) and rawget(err, "emitter") == nil then err.emitter = self end
  if type(err) == "table" or type(err) == "userdata" then error(err, 0) end
  local unhandled = errors.coded("ERR_UNHANDLED_ERROR", err)
  unhandled.context = err
  error(unhandled, 0)
end

--- Calls the event's listeners in their order. An `error` event without a listener is raised as a Lua error.
-- @param event the event's name
-- @param ... what the listeners get
-- @treturn boolean whether there was a listener
function EventEmitter:emit(event, ...)
  local events = self._events
  if type(event) ~= "string" then event = to_key(event) end
  if event == "error" then
    if not events then errors._checkSelf(self, "emitter:emit(event)") end
    if events and events[errorMonitor] ~= nil then self:emit(errorMonitor, ...) end
    if not events and few(self, event) == nil or events and events.error == nil then raise_unhandled(self, (...)) end
  end
  local entry
  if events then
    entry = events[event]
  else
    entry = few(self, event)
  end
  if entry == nil then
    if not events then errors._checkSelf(self, "emitter:emit(event)") end
    return false
  end
  if is_list(entry) then
    entry.busy = true
    for i = 1, #entry do
      entry[i](...)
    end
  else
    entry(...)
  end
  return true
end

local function entries(self, event, convert, method)
  errors._checkSelf(self, method)
  local entry = entry_of(self, to_key(event))
  if entry == nil then return {} end
  if not is_list(entry) then return { convert(entry) } end
  local result = {}
  for i = 1, #entry do
    result[i] = convert(entry[i])
  end
  return result
end

--- A copy of the list of an event's listeners, as they were given.
-- @param event the event's name
-- @treturn {function,...}
function EventEmitter:listeners(event) return entries(self, event, original, "emitter:listeners(event)") end

--- A copy of the list of an event's listeners, with the wrappers of those added by `once`: a wrapper can be called, and
-- its field `listener` is the function that was given.
-- @param event the event's name
-- @treturn {function,...}
function EventEmitter:rawListeners(event)
  return entries(self, event, raw, "emitter:rawListeners(event)")
end

--- How many listeners an event has.
-- @param event the event's name
-- @tparam[opt] function listener count only this one
-- @treturn integer
function EventEmitter:listenerCount(event, listener)
  if event == nil then errors._checkSelf(self, "emitter:listenerCount(event)") end
  local entry = entry_of(self, to_key(event))
  if entry == nil then return 0 end
  if listener == nil then return is_list(entry) and #entry or 1 end
  local count = 0
  for _, one in ipairs(self:listeners(event)) do
    if one == listener then count = count + 1 end
  end
  return count
end

--- The names of the events that have listeners, in the order in which they came.
-- @treturn table
function EventEmitter:eventNames()
  errors._checkSelf(self, "emitter:eventNames()")
  local events = with_table(self)
  return events and names_of(events) or {}
end

--- Sets how many listeners one event may have before a warning is printed; 0 or `math.huge` for no limit.
-- @tparam number n
-- @return the emitter
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function EventEmitter:setMaxListeners(n, ...)
  if type(self) == "number" then
    -- Node's `events.setMaxListeners(n, ...emitters)`.
    local emitters = { n, ... }
    return lazily("uvnet.events.helpers").setMaxListeners(EventEmitter, self, emitters)
  end
  errors._checkSelf(self, "emitter:setMaxListeners(n)")
  check_limit("setMaxListeners", n)
  self._maxListeners = n
  return self
end

--- How many listeners one event may have before a warning is printed.
-- @treturn number
function EventEmitter:getMaxListeners()
  errors._checkSelf(self, "emitter:getMaxListeners()")
  return self._maxListeners or EventEmitter.defaultMaxListeners
end

--- The listeners of an event: `net.events.getEventListeners(emitter, event)`. Of the class.
-- @param emitter
-- @param event the event's name
-- @treturn {function,...}
-- @raise ERR_INVALID_ARG_TYPE
function EventEmitter.getEventListeners(emitter, event)
  return lazily("uvnet.events.helpers").getEventListeners(emitter, event)
end

--- Has a function called when a signal is aborted: `net.events.addAbortListener(signal, listener)`. Of the class.
-- @param signal an AbortSignal
-- @tparam function listener gets the event
-- @return a table with `dispose()`, which takes the listener away; on Lua 5.4 it can be `<close>`
-- @raise ERR_INVALID_ARG_TYPE
function EventEmitter.addAbortListener(signal, listener)
  return lazily("uvnet.events.helpers").addAbortListener(signal, listener)
end

return EventEmitter
