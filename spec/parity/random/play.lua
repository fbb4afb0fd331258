--- lua play.lua PROGRAMS: plays the programs that render.lua wrote, some at once, and prints their traces. Each actor
-- has a trace of its own. UNIT is how long a unit of time takes, in ms; AT_ONCE how many are played at once. Its twin:
-- play.js.

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/../?.lua;" .. package.path
local core = require("uvnet.core")
local net = require("uvnet")
local traces = require("show")
local stream, timers = net.stream, net.timers
local show, line = traces.show, traces.line
local unpack = table.unpack or unpack -- luacheck: ignore 143

local UNIT = tonumber(os.getenv("UNIT") or 20)
local AT_ONCE = tonumber(os.getenv("AT_ONCE") or 40)
local TURNS = 5 -- of the loop, within one settling
local STATE = {
  "allowHalfOpen", "autoSelectFamilyAttemptedAddresses", "bytesRead", "bytesWritten", "closed", "connecting",
  "destroyed", "errored", "localAddress", "localFamily", "pending", "readable", "readableAborted", "readableDidRead",
  "readableEncoding", "readableEnded", "readableFlowing", "readableHighWaterMark", "readableLength", "readyState",
  "remoteAddress", "remoteFamily", "timeout", "writable", "writableCorked", "writableEnded",
  "writableFinished", "writableHighWaterMark", "writableLength", "writableNeedDrain",
}

local dir = os.tmpname()
os.remove(dir)
os.execute("mkdir " .. dir)
traces.hide(dir)

local raised = {} -- the trace of errors that nobody caught, by the number of the program

-- ---- an actor ----

local Actor = {}
Actor.__index = Actor

local function new_actor(program, name)
  return setmetatable({
    program = program,
    name = name,
    lines = {},
    listening = {},
    reactions = {},
    counts = {},
    added = {},
    shown = {},
  }, Actor)
end

function Actor:log(label, ...) self.lines[#self.lines + 1] = line(label, ...) end

-- Successive data is one line, however it was cut.
function Actor:data(label, chunk)
  local last = self.lines[#self.lines]
  if type(last) == "table" and last.label == label then
    last.data = last.data .. chunk
  else
    self.lines[#self.lines + 1] = { label = label, data = chunk }
  end
end

function Actor:done(id)
  return function(...) self:log("done " .. id, ...) end
end

-- What happens to it.

function Actor:listen(events) self.listening = events end

local function add_once(list, value)
  for _, one in ipairs(list) do
    if one == value then return end
  end
  list[#list + 1] = value
end

function Actor:react(event, count, body)
  add_once(self.listening, event)
  self.reactions[#self.reactions + 1] = { event = event, count = count, body = body }
end

function Actor:begin(body) self.first = body end

local function nothing() end

function Actor:listener(event, label, next)
  if event == "data" then
    return function(chunk)
      self:data(label, chunk)
      next()
    end
  elseif event ~= "readable" then
    return function(...)
      self:log(label, ...)
      next()
    end
  end
  return function()
    local got = {}
    for chunk in function() return self.socket:read() end do
      got[#got + 1] = chunk
    end
    self:log(label, unpack(got))
    next()
  end
end

function Actor:attach(socket)
  self.socket = socket
  for _, event in ipairs({ "error", "close", "connect" }) do
    add_once(self.listening, event)
  end
  for _, event in ipairs(self.listening) do
    local listener = self:listener(event, event, function()
      local count = (self.counts[event] or 0) + 1
      self.counts[event] = count
      for _, one in ipairs(self.reactions) do
        if one.event == event and one.count == count then one.body() end
      end
    end)
    self.added[event .. 0] = listener
    socket:on(event, listener)
  end
  if self.first then self.first() end
end

-- What it does.

function Actor:attempt(label, action)
  local _, value = pcall(action)
  self:log(label, value == self.socket and "itself" or value)
end

function Actor:call(id, method, ...)
  if not self.socket then return end
  local count, values = select("#", ...), { ... }
  self:attempt(id .. " " .. method, function() return self.socket[method](self.socket, unpack(values, 1, count)) end)
end

function Actor:set(name, value) self.socket[name] = value end

function Actor:dial(options, target)
  self.dialled = true
  self:attach(net.Socket(options))
  local targets = self.program.targets
  for key, value in pairs(targets[self.name == "d" and #targets or 1]) do
    if target[key] == nil then target[key] = value end
  end
  self.socket:connect(target)
end

-- A reset while the end is on its way, or may be by the time it is connected: a row of docs/differences.md.
function Actor:reset(id)
  local socket = self.socket
  if not socket or socket.connecting then return end
  if not socket.writableEnded or socket.writableFinished then self:call(id, "resetAndDestroy") end
end

function Actor:on(event, id)
  if not self.socket then return end
  local listener = self:listener(event, event .. " " .. id, nothing)
  self.added[event .. id] = listener
  self.socket:on(event, listener)
end

function Actor:once(event, id)
  if self.socket then self.socket:once(event, self:listener(event, event .. " " .. id, nothing)) end
end

function Actor:off(event, id)
  local listener = self.added[event .. id]
  if self.socket and listener then self.socket:removeListener(event, listener) end
end

function Actor:pipe(id, target, options)
  local to = self.socket and target(self)
  if not to then return end
  self.target = to
  self:attempt(id .. " pipe", function() return self.socket:pipe(to, options) == to end)
end

function Actor:unpipe(id)
  if self.socket then self:attempt(id .. " unpipe", function() return self.socket:unpipe(self.target) end) end
end

function Actor:pipeline(id, target)
  if not self.socket then return end
  self:attempt(id .. " pipeline", function() stream.pipeline(self.socket, target(self), self:done(id)) end)
end

function Actor:finished(id, options)
  if not self.socket then return end
  self:attempt(id .. " finished", function() stream.finished(self.socket, options, self:done(id)) end)
end

function Actor:tick(id, body)
  timers.nextTick(function()
    self:log("tick " .. id)
    body()
  end)
end

function Actor:immediate(id, body)
  timers.setImmediate(function()
    self:log("immediate " .. id)
    body()
  end)
end

function Actor:after(id, ms, body)
  self.timeout = timers.setTimeout(function()
    self:log("after " .. id)
    body()
  end, ms)
end

function Actor:timer(id, method)
  local timeout = self.timeout
  if not timeout then return end
  self:attempt(id .. " " .. method, function()
    local result = timeout[method](timeout)
    return tostring(result == timeout or timeout:hasRef())
  end)
end

function Actor.raise(_, err) error(err, 0) end

-- Is something counted in bytesWritten that was not sent? A row of docs/differences.md.
function Actor:miscounts()
  local failed = self.socket.errored or self.dialled and not self.counts.connect
  return self.socket.destroyed and failed
end

-- What has changed since it was shown last.
function Actor:state(label)
  if not self.socket then return end
  local changed = {}
  for _, name in ipairs(STATE) do
    local shown = self.shown[name] or "nil"
    local text = name == "bytesWritten" and self:miscounts() and shown or show(self.socket[name])
    if text ~= shown then changed[#changed + 1] = " " .. name .. "=" .. text end
    self.shown[name] = text
  end
  self.lines[#self.lines + 1] = label .. table.concat(changed)
end

-- ---- a program ----

local Program = {}
Program.__index = Program

local function new_program(one)
  local self = setmetatable({ number = one.number, steps = {}, settling = (one.idles and 3 or 1.25) * UNIT }, Program)
  for _, name in ipairs({ "c", "d", "s", "t", "v", "u" }) do
    self[name] = new_actor(self, name)
  end
  self.peers = { self.s, self.t }
  raised[one.number] = self.u
  one.setup(self, self.c, self.d, self.s, self.t, self.v)
  return self
end

-- Mixed: `d` goes to a second server, over the other kind of socket.
function Program:serve(unix, mixed, options)
  local tcp, path = { port = 0, host = "127.0.0.1" }, { path = ("%s/%d"):format(dir, self.number) }
  self.wheres = unix and { path, tcp } or { tcp, path }
  if not mixed then self.wheres[2] = nil end
  self.servers = {}
  for i in ipairs(self.wheres) do
    self.servers[i] = net.createServer(options, function(socket) table.remove(self.peers, 1):attach(socket) end)
  end
  self.v.socket = self.servers[1]
  for _, event in ipairs({ "close", "drop" }) do
    self.v.socket:on(event, function() self.v:log(event) end)
  end
end

function Program:step(body) self.steps[#self.steps + 1] = body end

function Program.text(_, id, size)
  local piece = string.char(97 + id % 26) .. id .. "_"
  return piece:rep(math.ceil(size / #piece)):sub(1, size)
end

function Program.joined(_, ...) return { ... } end

function Program.bytes(_, text) return text end

function Program:problem(text) return net.errors(self.number .. " " .. text) end

function Program.units(_, count) return math.floor(count * UNIT) end

function Program.nowhere() return dir .. "/nowhere" end

-- A lookup that answers with these addresses, or with the first if that was asked.
function Program.answers(_, addresses, waits)
  return function(_, options, callback)
    local list = {}
    for i, address in ipairs(addresses) do
      list[i] = { address = address, family = address:find(":", 1, true) and 6 or 4 }
    end
    local function answer()
      if options.all then return callback(nil, list) end
      callback(nil, list[1].address, list[1].family)
    end
    timers[waits and "setImmediate" or "nextTick"](answer)
  end
end

-- Where a pipe may go.
function Program.echo()
  return function(actor) return actor.socket end
end

function Program:peer()
  return function() return self.t.socket end
end

function Program.through(_, id)
  return function(actor)
    local through = stream.PassThrough()
    through:on("data", function(chunk) actor:data(("through %d data"):format(id), chunk) end)
    for _, event in ipairs({ "end", "error", "close" }) do
      through:on(event, function(...) actor:log(("through %d %s"):format(id, event), ...) end)
    end
    return through
  end
end

-- Whatever was on its way has arrived, also on a machine that is too busy to let us run all that time.
function Program:settle(next)
  local left = TURNS
  local function turn()
    left = left - 1
    if left == 0 then return next() end
    timers.setTimeout(function() timers.setImmediate(turn) end, self.settling / TURNS)
  end
  timers.setTimeout(function() timers.setImmediate(turn) end, self.settling / TURNS)
end

function Program:state(label)
  for _, actor in ipairs({ self.c, self.d, self.s, self.t }) do
    actor:state(label)
  end
  self.v:log(label, self.v.socket.listening, self.v.socket.maxConnections)
end

function Program:play(over)
  local steps, at = { unpack(self.steps) }, 0
  steps[#steps + 1] = function()
    for _, server in ipairs(self.servers) do
      server:close()
    end
    self.c:call(0, "destroy")
    self.d:call(0, "destroy")
  end
  steps[#steps + 1] = function()
    self.s:call(0, "destroy")
    self.t:call(0, "destroy")
  end
  local function next()
    if at > 0 then self:state("-- after " .. at) end
    if at == #steps then return over() end
    at = at + 1
    steps[at]()
    self:settle(next)
  end
  self.targets = {}
  for i, server in ipairs(self.servers) do
    local where = self.wheres[i]
    server:listen(where, function()
      self.targets[i] = where.path and where or { port = server:address().port }
      if i == 1 then next() end
    end)
  end
end

function Program:print()
  for _, actor in ipairs({ self.c, self.d, self.s, self.t, self.v, self.u }) do
    for _, one in ipairs(actor.lines) do
      if type(one) == "table" then one = line(one.label, one.data) end
      print(("%d %s %s"):format(self.number, actor.name, one))
    end
  end
end

-- ---- all programs ----

local programs = {}
for i, one in ipairs(dofile(arg[1])) do
  programs[i] = new_program(one)
end
local begun, playing = 0, 0

local function more()
  while playing < AT_ONCE and begun < #programs do
    begun, playing = begun + 1, playing + 1
    programs[begun]:play(function()
      playing = playing - 1
      more()
    end)
  end
  if playing == 0 then net.stop() end -- a timer may start itself again for ever
end

more()
repeat
  local ok, err = pcall(net.run)
  if not ok then
    local trace = net.errors:isInstance(err) and raised[tonumber(err.message:match("^%d+"))]
    if not trace then error(err, 0) end
    trace:log("raised", err)
  end
until ok
for _, one in ipairs(programs) do
  one:print()
end
os.execute("rm -r '" .. dir .. "'")
collectgarbage()
if core.open_handles() > 0 then print(("0 %d handles are left open"):format(core.open_handles())) end
