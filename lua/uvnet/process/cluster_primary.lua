--- The primary of a cluster: it starts workers, listens for them, and hears of their ends.
--
-- Floor 13.

local EventEmitter = require("uvnet.events")
local RoundRobin = require("uvnet.process.round_robin")
local SharedHandle = require("uvnet.process.shared_handle")
local Worker = require("uvnet.process.worker")
local child_process = require("uvnet.child_process")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local interpreter = require("uvnet.process.interpreter")
local is_callable = require("uvnet.base.callable")
local messages = require("uvnet.process.cluster_messages")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local cluster = EventEmitter()
local intercom = EventEmitter()
local handles = {} -- by key: what the workers listen on
local present = {} -- workers whose process or channel is there still
local ids = 0
local policy

cluster.isWorker, cluster.isPrimary, cluster.isMaster = false, true, true
cluster.Worker = Worker
--- The workers by id.
cluster.workers = {}
--- What `setupPrimary` has set.
cluster.settings = {}
--- The system gives the connections to whoever takes them; the primary gives them to the workers in turn.
cluster.SCHED_NONE, cluster.SCHED_RR = 1, 2

local POLICIES = { none = cluster.SCHED_NONE, rr = cluster.SCHED_RR }
cluster.schedulingPolicy = POLICIES[os.getenv("NODE_CLUSTER_SCHED_POLICY") or ""]
  or (core.platform() == "win32" and cluster.SCHED_NONE or cluster.SCHED_RR)

local function emit_setup(settings) cluster:emit("setup", settings) end

local SETTINGS = { "cwd", "serialization", "silent", "windowsHide", "execArgv", "execPath", "stdio", "gid", "uid" }
local SETUP_OPTIONS = strict.names("exec args " .. table.concat(SETTINGS, " "))

--- Sets how workers are started: `exec`, `args`, `execArgv`, `execPath`, `silent`, `stdio`, `cwd`, `serialization`,
-- `uid`, `gid`, `windowsHide`. What is not given stays. Called with a dot.
-- @tparam[opt] table options
function cluster.setupPrimary(options)
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "settings", "object", options)
  end
  strict.check(options, SETUP_OPTIONS, "settings")
  local script, words = interpreter.script()
  local settings = { args = words, exec = script, execArgv = interpreter.arguments(), silent = false }
  for _, from in ipairs({ cluster.settings, options or {} }) do
    for key, value in pairs(from) do
      settings[key] = value
    end
  end
  cluster.settings = settings
  if not policy then
    policy = cluster.schedulingPolicy -- stays from the first worker on
    if policy ~= cluster.SCHED_NONE and policy ~= cluster.SCHED_RR then
      local bad = policy
      policy = nil
      errors.throw("ERR_INVALID_ARG_VALUE", "cluster.schedulingPolicy", bad)
    end
  end
  ticks.later(emit_setup, settings)
end

cluster.setupMaster = cluster.setupPrimary

-- This process's variables, those of the caller, and the worker's number.
local function environment_of(id, env)
  local result = {}
  for _, pair in ipairs(core.environment()) do
    local name, value = pair:match("^(.[^=]*)=(.*)$")
    if name then result[name] = value end
  end
  for name, value in pairs(env or {}) do
    result[name] = value
  end
  result.NODE_UNIQUE_ID = ("%d"):format(id)
  return result
end

local function start_process(id, env)
  local settings = cluster.settings
  local options = { env = environment_of(id, env) }
  for _, name in ipairs(SETTINGS) do
    options[name] = settings[name]
  end
  return child_process.fork(settings.exec, settings.args or {}, options)
end

local function remove_worker(worker) cluster.workers[worker.id] = nil end

-- It has left the channel and its process has ended.
local function forget_worker(worker)
  remove_worker(worker)
  if not present[worker] then return end
  present[worker] = nil
  if next(present) == nil then intercom:emit("disconnect") end
end

local function remove_handles_of(worker)
  for key, handle in pairs(handles) do
    if handle:remove(worker) then handles[key] = nil end
  end
end

-- ---- what workers say ----

local acts = {}

function acts.online(worker)
  worker.state = "online"
  worker:emit("online")
  cluster:emit("online", worker)
end

function acts.exitedAfterDisconnect(worker, message)
  worker.exitedAfterDisconnect = true
  messages.send(worker.process, { ack = message.seq })
end

function acts.listening(worker, message)
  worker.state = "listening"
  local address = {
    address = message.address,
    port = message.port,
    addressType = message.addressType,
    fd = message.fd,
  }
  worker:emit("listening", address)
  cluster:emit("listening", worker, address)
end

function acts.close(worker, message)
  local handle = handles[message.key]
  if handle and handle:remove(worker) then handles[message.key] = nil end
end

local function key_of(query)
  local key = ("%s:%s:%s:%s"):format(tostring(query.address), tostring(query.port), tostring(query.addressType),
    tostring(query.fd))
  return query.port == 0 and key .. ":" .. tostring(query.index) or key
end

-- The system takes few bytes for a path: from here it may be shorter than the worker's, which is whole.
local function shortest(query)
  local address = query.address
  if type(address) ~= "string" or not query.port or query.port >= 0 then return address end
  local directory = (core.cwd() or "") .. "/"
  if address:sub(1, #directory) == directory and #address > #directory then return address:sub(#directory + 1) end
  return address
end

function acts.queryServer(worker, query)
  if worker.exitedAfterDisconnect then return end
  local key = key_of(query)
  local known = handles[key]
  local handle = known and not known:has(worker) and known or nil
  if not handle then
    handle = (policy == cluster.SCHED_RR and RoundRobin or SharedHandle)(key, shortest(query), query)
    if not known then handles[key] = handle end
  end
  handle:add(worker, function(errno, reply, shared)
    if errno then
      handle:remove(worker)
      if handles[key] == handle then handles[key] = nil end
    else
      handles[key] = handle
    end
    reply = reply or {}
    reply.errno, reply.key, reply.ack, reply.data = errno, key, query.seq, query.data
    messages.send(worker.process, reply, shared, nil, shared and function()
      if handle:remove(worker) then handles[key] = nil end
      local none = { errno = core.errno("EMFILE"), key = key, ack = query.seq, data = query.data }
      messages.send(worker.process, none)
    end or nil)
  end)
end

local function emit_fork(worker) cluster:emit("fork", worker) end

--- Starts a worker. Called with a dot.
-- @tparam[opt] table env variables of its environment, besides those of this process
-- @treturn Worker
-- @raise what `child_process.fork` raises
function cluster.fork(env)
  if env == cluster then errors._checkDot("net.cluster.fork(env)") end
  if env ~= nil and type(env) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "env", "object", env) end
  cluster.setupPrimary()
  ids = ids + 1
  local process = start_process(ids, env)
  local worker = Worker({ id = ids, process = process })
  worker:on("message", function(message, handle) cluster:emit("message", worker, message, handle) end)
  process:once("exit", function(code, signal)
    if not worker:isConnected() then
      remove_handles_of(worker)
      forget_worker(worker)
    end
    worker.exitedAfterDisconnect = worker.exitedAfterDisconnect or false
    worker.state = "dead"
    worker:emit("exit", code, signal)
    cluster:emit("exit", worker, code, signal)
  end)
  process:once("disconnect", function()
    remove_handles_of(worker)
    if worker:isDead() then forget_worker(worker) end
    worker.exitedAfterDisconnect = worker.exitedAfterDisconnect or false
    worker.state = "disconnected"
    worker:emit("disconnect")
    cluster:emit("disconnect", worker)
  end)
  process:on("internalMessage", messages.listener(function(message)
    local act = acts[message.act]
    if act then act(worker, message) end
  end))
  ticks.later(emit_fork, worker)
  cluster.workers[ids] = worker
  present[worker] = true
  return worker
end

local function emit_disconnect() intercom:emit("disconnect") end

--- Has all workers finish: each closes its servers and leaves the channel. Called with a dot.
-- @tparam[opt] function callback called once all have left it
function cluster.disconnect(callback)
  if next(present) == nil then
    ticks.later(emit_disconnect)
  else
    local list = {}
    for _, worker in pairs(cluster.workers) do
      list[#list + 1] = worker
    end
    for _, worker in ipairs(list) do
      if worker:isConnected() then worker:disconnect() end
    end
  end
  if is_callable(callback) then intercom:once("disconnect", callback) end
end

-- ---- Worker, in the primary ----

--- Has it close its servers, wait for their connections, and leave the channel.
-- @treturn Worker itself
function Worker:disconnect()
  self.exitedAfterDisconnect = true
  messages.send(self.process, { act = "disconnect" })
  remove_handles_of(self)
  remove_worker(self)
  return self
end

--- Ends it by a signal.
-- @tparam[opt="SIGTERM"] string|integer signal
function Worker:destroy(signal)
  if self.process then self.process:kill(signal or "SIGTERM") end
end

return cluster
