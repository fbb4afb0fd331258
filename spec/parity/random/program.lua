--- A random program over the public API: what a client or two and their peers do, step by step.
--
-- It is a list of calls, `{ receiver, method, arguments }`, which render.lua writes in either language. Receivers are
-- the two clients `c` and `d`, their peers `s` and `t` on the server's side in the order in which they came, the server
-- `v`, and `p`, the program. Arguments are literals, calls, `{ body = calls }` for a function, `{ list = … }`,
-- `{ fields = { name, value, … } }`.
--
-- Left out are the differences that docs/differences.md names: text that is longer or shorter than its bytes; `unshift`
-- and `read(n)` where there is an encoding; lookups that answer with one address though asked for all;
-- `maxConnections = 0`; more than 1 MiB at once; errors raised where Node leaves a stream half-way, or where there are
-- ticks that could be late; what is done while several addresses are tried. What depends on the moment is
-- left out by play.*: a reset while the end is on its way, `bytesWritten` of what was not sent. `writableAborted` of a
-- socket is not looked at.

local unpack = table.unpack or unpack -- luacheck: ignore 143

local MODULUS = 2147483647

-- The same numbers on every Lua, whatever its integers are.
local function new_random(seed, number)
  local state = (seed * 7919 + number * 104729 + 4711) % (MODULUS - 1) + 1
  local function next_below(count)
    state = state * 16807 % MODULUS
    return math.floor(state / MODULUS * count)
  end
  for _ = 1, 5 do
    next_below(1)
  end
  local random = {}
  function random.chance(share) return next_below(1000) < share * 1000 end
  function random.between(low, high) return low + next_below(high - low + 1) end
  function random.pick(list) return list[1 + next_below(#list)] end
  function random.weighted(list, weight_of)
    local sum = 0
    for _, one in ipairs(list) do
      sum = sum + weight_of(one)
    end
    local at = next_below(1000000) / 1000000 * sum
    for _, one in ipairs(list) do
      at = at - weight_of(one)
      if at < 0 then return one end
    end
    return list[#list]
  end
  return random
end

local Program = {}
Program.__index = Program

local function call(receiver, method, ...) return { receiver, method, { ... } } end
local function fields(...) return { fields = { ... } } end

local SIZES = { 1, 3, 5, 20, 200, 3000, 3000, 100000 }
local EVENTS = {
  "end", "finish", "drain", "pause", "resume", "pipe", "unpipe", "prefinish", "ready", "timeout", "lookup",
}
-- Where a listener may do something; and where it may raise, for there Node has nothing left to do that it forgets.
local MOMENTS = {
  "data", "end", "close", "finish", "drain", "error", "pause", "resume", "pipe", "unpipe", "prefinish", "readable",
  "connect", "ready", "timeout",
}
local FIT_TO_RAISE = { data = true, timeout = true, close = true }

function Program:text()
  local size = self.random.pick(SIZES)
  return call("p", "text", self.count, self.profile == "raise" and math.min(size, 3000) or size)
end

function Program:problem() return call("p", "problem", "boom" .. self.count) end

-- Steps take three units each. Timers come at half a unit, and an idle timeout at 1.2 more: so that nothing comes at
-- the time of anything else, not even a timeout behind another one.
function Program:idle_time() return call("p", "units", self.random.pick({ 1.2, 1.2, 1.2, 4.2, 7.2 })) end

local function plain(method)
  return function(_, who, id) return call(who, "call", id, method) end
end

local function with_callback(method)
  return function(_, who, id) return call(who, "call", id, method, call(who, "done", id)) end
end

-- Each kind of call: its name, its weight, which kind of program has more of it, and how it is made.
local KINDS = {
  { "write", 5, "write", function(self, who, id) return call(who, "call", id, "write", self:text()) end },
  { "write with callback", 3, "write", function(self, who, id)
    return call(who, "call", id, "write", self:text(), call(who, "done", id))
  end },
  { "write nothing", 0.4, "write", function(_, who, id)
    return call(who, "call", id, "write", "", call(who, "done", id))
  end },
  { "write list", 0.6, "write", function(self, who, id)
    return call(who, "call", id, "write", call("p", "joined", self:text(), self:text()), call(who, "done", id))
  end },
  { "write encoded", 0.4, "write", function(self, who, id)
    local encoding = self.random.pick({ "utf8", "latin1", "ascii" })
    return call(who, "call", id, "write", "61626364", encoding, call(who, "done", id))
  end },
  { "cork", 1, "write", plain("cork") },
  { "uncork", 1.2, "write", plain("uncork") },
  { "end", 1.5, "end", plain("finish") },
  { "end with data", 1, "end", function(self, who, id) return call(who, "call", id, "finish", self:text()) end },
  { "end with callback", 1, "end", with_callback("finish") },
  { "destroy", 0.6, "end", plain("destroy") },
  { "destroy with error", 0.5, "end", function(self, who, id)
    return call(who, "call", id, "destroy", self:problem())
  end },
  { "destroySoon", 0.5, "end", plain("destroySoon") },
  { "reset", 0.5, "end", function(_, who, id) return call(who, "reset", id) end },
  { "finished", 0.6, "end", function(self, who, id)
    local side = self.random.pick({ "readable", "writable", "error", "cleanup" })
    return call(who, "finished", id, fields(side, false))
  end },
  { "pause", 1.5, "read", plain("pause") },
  { "resume", 1.5, "read", plain("resume") },
  { "isPaused", 0.2, "read", plain("isPaused") },
  { "setEncoding", 0.5, "read", function(self, who, id)
    if not self.encoded then return self:call_of(who) end
    return call(who, "call", id, "setEncoding", self.random.pick({ "utf8", "latin1", "hex", "base64" }))
  end },
  { "read", 1.5, "read", plain("read") },
  { "read some", 1, "read", function(self, who, id)
    if self.encoded then return self:call_of(who) end
    return call(who, "call", id, "read", self.random.pick({ 0, 1, 2, 5, 10, 50 }))
  end },
  { "unshift", 0.6, "read", function(self, who, id)
    if self.encoded then return self:call_of(who) end
    return call(who, "call", id, "unshift", call("p", "bytes", "back" .. id))
  end },
  { "on", 1.5, "read", function(self, who, id) return call(who, "on", self:listened(id), id) end },
  { "once", 0.8, "read", function(self, who, id) return call(who, "once", self:listened(id), id) end },
  { "off", 1, "read", function(self, who)
    local added = self.random.pick(self.added)
    return call(who, "off", added[1], added[2])
  end },
  { "removeAllListeners", 0.3, "read", function(_, who, id)
    return call(who, "call", id, "removeAllListeners", "data")
  end },
  { "pipe", 0.6, "pipe", function(self, who, id)
    if who == "t" then return self:call_of(who) end
    local target = (who == "s" or self.random.chance(0.5)) and call("p", "through", id) or call("p", "echo")
    if who == "s" and self.clients == 2 and self.random.chance(0.6) then target = call("p", "peer") end
    if self.random.chance(0.3) then return call(who, "pipe", id, target, fields("end", false)) end
    return call(who, "pipe", id, target)
  end },
  { "unpipe", 0.8, "pipe", function(_, who, id) return call(who, "unpipe", id) end },
  { "unpipe all", 0.4, "pipe", plain("unpipe") },
  { "pipeline", 0.3, "pipe", function(_, who, id) return call(who, "pipeline", id, call("p", "through", id)) end },
  { "setTimeout", 0.8, "idle", function(self, who, id)
    if not self.idles then return self:call_of(who) end
    return call(who, "call", id, "setTimeout", self:idle_time())
  end },
  { "setTimeout with callback", 0.8, "idle", function(self, who, id)
    if not self.idles then return self:call_of(who) end
    return call(who, "call", id, "setTimeout", self:idle_time(), call(who, "done", id))
  end },
  { "setTimeout 0", 0.3, "idle", function(_, who, id) return call(who, "call", id, "setTimeout", 0) end },
  { "timer", 0.8, "idle", function(self, who, id)
    if not self.idles or self.depth > 0 then return self:call_of(who) end
    return call(who, "after", id, call("p", "units", 0.5), self:body(who))
  end },
  { "timer's life", 0.5, "idle", function(self, who, id)
    if not self.idles or self.depth > 0 then return self:call_of(who) end
    return call(who, "timer", id, self.random.pick({ "refresh", "refresh", "close", "ref", "unref", "hasRef" }))
  end },
  { "options", 0.5, "server", function(self, who, id)
    local method = self.random.pick({ "setNoDelay", "setKeepAlive", "ref", "unref", "address" })
    return call(who, "call", id, method)
  end },
  { "getConnections", 0.4, "server", function(_, _, id)
    return call("v", "call", id, "getConnections", call("v", "done", id))
  end },
  { "maxConnections", 0.2, "server", function(self)
    return call("v", "set", "maxConnections", self.random.between(1, 2))
  end },
  { "server ref", 0.1, "server", function(self, _, id)
    return call("v", "call", id, self.random.pick({ "ref", "unref", "address" }))
  end },
  { "server close", 0.2, "server", function(_, _, id)
    return call("v", "call", id, "close", call("v", "done", id))
  end },
  { "tick", 0.8, nil, function(self, who, id) return call(who, "tick", id, self:body(who)) end },
  { "immediate", 0.8, nil, function(self, who, id) return call(who, "immediate", id, self:body(who)) end },
  { "raise", 0.5, "raise", function(self, who, id)
    if self.profile ~= "raise" or self.depth > 0 then return self:call_of(who) end
    return call(who, "immediate", id, { body = { call(who, "raise", self:problem()) } })
  end },
}

local PROFILES = { "mix", "mix", "write", "end", "read", "pipe", "idle", "idle", "server", "raise" }

-- An event for a listener that comes later; `off` may name it.
function Program:listened(id)
  local event = self.random.pick({ "data", "data", "data", "readable", "end", "finish", "timeout", "close" })
  self.added[#self.added + 1] = { event, id }
  return event
end

function Program:call_of(who)
  local kind = self.random.weighted(KINDS, function(kind)
    if self.depth > 1 and not kind[3] then return 0 end
    return kind[2] * (kind[3] == self.profile and 4 or 1)
  end)
  self.count = self.count + 1
  return kind[4](self, who, self.count)
end

function Program:calls(who, low, high)
  local list = {}
  for i = 1, self.random.between(low, high) do
    list[i] = self:call_of(who)
  end
  return list
end

function Program:body(who)
  self.depth = self.depth + 1
  local list = self:calls(who, 1, 2)
  self.depth = self.depth - 1
  return { body = list }
end

function Program:actor()
  local who = self.random.pick({ "c", "s" })
  if self.clients == 1 or self.random.chance(0.6) then return who end
  return who == "c" and "d" or "t"
end

function Program:socket_options()
  local random, list = self.random, {}
  if random.chance(0.4) then list = { "allowHalfOpen", true } end
  if random.chance(0.25) then
    list[#list + 1] = "highWaterMark"
    list[#list + 1] = random.pick({ 1, 4, 10, 100 })
  end
  return list
end

-- The events that an actor listens to from the start. Nobody reads in some programs, or only later.
function Program:listeners(who)
  local random, list = self.random, {}
  local reads = random.pick({ "data", "data", "data", "readable", "nothing" })
  if reads ~= "nothing" then list[1] = reads end
  for _, event in ipairs(EVENTS) do
    if random.chance(0.35) then list[#list + 1] = event end
  end
  return call(who, "listen", { list = list })
end

-- Names with several addresses: the server is at 127.0.0.1, all others refuse.
function Program:target(unix)
  local random = self.random
  if unix then return random.chance(0.05) and fields("path", call("p", "nowhere")) or fields() end
  if random.chance(0.05) then return fields("host", "127.0.0.9") end
  if not self.several or random.chance(0.3) then return fields("host", "127.0.0.1") end
  local addresses = {}
  for i = 1, random.between(1, 4) do
    addresses[i] = random.pick({ "127.0.0.1", "127.0.0.1", "127.0.0.9", "127.0.0.8", "::1" })
  end
  local lookup = call("p", "answers", { list = addresses }, random.chance(0.5))
  local target = fields("host", "several.test", "lookup", lookup)
  if random.chance(0.3) then
    table.insert(target.fields, "autoSelectFamily")
    table.insert(target.fields, random.chance(0.5))
  end
  return target
end

function Program:reaction()
  local random = self.random
  local who, event = self:actor(), random.pick(MOMENTS)
  if self.several and event == "resume" then event = "data" end -- it can come while addresses are tried
  local body = self:body(who)
  if FIT_TO_RAISE[event] and self.profile == "raise" and random.chance(0.7) then
    body = { body = { call(who, "raise", self:problem()) } }
  end
  return call(who, "react", event, random.pick({ 1, 1, 1, 2, 3 }), body)
end

--- The program with this number of this seed.
local function new_program(seed, number)
  local random = new_random(seed, number)
  local self = setmetatable({
    random = random,
    count = 0,
    depth = 0,
    added = { { "data", 0 } },
    profile = random.pick(PROFILES),
    unix = random.chance(0.3),
    clients = random.chance(0.35) and 2 or 1,
    encoded = random.chance(0.3),
  }, Program)
  self.idles = self.profile == "idle"
  self.several = random.chance(self.profile == "server" and 0.7 or 0.3)

  local options = self:socket_options()
  if random.chance(0.15) then
    options[#options + 1] = "pauseOnConnect"
    options[#options + 1] = true
  end
  local mixed = self.clients == 2 and random.chance(0.3)
  local setup = { call("p", "serve", self.unix, mixed, fields(unpack(options))) }
  local add = function(one) setup[#setup + 1] = one end
  for _, who in ipairs({ "c", "d", "s", "t" }) do
    if self.clients == 2 or who == "c" or who == "s" then add(self:listeners(who)) end
  end
  for _ = 1, random.pick({ 0, 0, 1, 1, 2, 3, 4 }) do
    add(self:reaction())
  end
  if random.chance(0.3) then add(call("s", "begin", { body = self:calls("s", 1, 3) })) end
  local second = random.between(1, 3)
  local function dial(who)
    local how, target = fields(unpack(self:socket_options())), self:target(self.unix ~= (mixed and who == "d"))
    local is_plain = target.fields[2] ~= "several.test"
    local first = is_plain and random.chance(0.3) and self:calls(who, 1, 3) or {}
    table.insert(first, 1, call(who, "dial", how, target))
    add(call("p", "step", { body = first }))
  end
  dial("c")
  for i = 1, random.between(2, 8) do
    if i == second and self.clients == 2 then dial("d") end
    add(call("p", "step", { body = self:calls(self:actor(), 1, 4) }))
  end
  return { number = number, setup = setup, idles = self.idles }
end

return new_program
