---@meta uvnet.cluster

---Several processes that serve one port: Node's `cluster`. Its functions are called with a dot; as an emitter it has
---methods. A guide is `docs/processes.md`.
---
---Events:
---
---- **fork** `(worker: net.Worker)` A worker was started.
---- **online** `(worker: net.Worker)` It runs.
---- **listening** `(worker: net.Worker, address: table)` One of its servers listens: `address`, `port`, `addressType` (4, 6, or -1 for a path), `fd`.
---- **message** `(worker: net.Worker, message: any, handle: any)` It has sent something.
---- **disconnect** `(worker: net.Worker)` The channel to it is closed.
---- **exit** `(worker: net.Worker, code: integer?, signal: string?)` It has ended.
---- **setup** `(settings: table)` `setupPrimary` was called.
---
---In Node.js: `Cluster`
---@class net.cluster: net.EventEmitter
---@field isPrimary boolean Is this the process that starts the workers?
---@field isMaster boolean The same, by its former name.
---@field isWorker boolean Is this a worker?
---@field worker net.Worker? In a worker: itself.
---@field workers table<integer, net.Worker> In the primary: those that run, by their ids.
---@field settings table What `setupPrimary` has set.
---@field schedulingPolicy integer Who gives connections to workers. It can be set before the first `fork`; the variable `NODE_CLUSTER_SCHED_POLICY` (`rr`, `none`) says what it is at first.
---@field SCHED_RR integer The primary does, in turn (the default but on Windows).
---@field SCHED_NONE integer The system does.
---@field Worker net.Worker The class of workers.
local cluster = {}

---Sets how workers are started. What is not given stays as it was.
---
---In Node.js: `cluster.setupPrimary([settings])`
---@param options? net.ClusterSettings
function cluster.setupPrimary(options) end

---The same as `setupPrimary`.
---@param options? net.ClusterSettings
function cluster.setupMaster(options) end

---Starts a worker: this program again, with `isWorker`.
---
---In Node.js: `cluster.fork([env])`
---@param env? table<string, string> variables of its environment, besides those of this process
---@return net.Worker
function cluster.fork(env) end

---Has all workers finish: each closes its servers, waits for their connections, and leaves the channel.
---
---In Node.js: `cluster.disconnect([callback])`
---@param callback? fun() called once all are gone
function cluster.disconnect(callback) end

---What `setupPrimary` takes.
---@class net.ClusterSettings
---@field exec? string the script (default: the one that runs)
---@field args? string[] its arguments (default: those of this program)
---@field execPath? string the program that runs the script
---@field execArgv? string[] its arguments before the script
---@field silent? boolean pipes for the standard streams
---@field stdio? table as of `spawn`
---@field cwd? string
---@field serialization? "json"|"advanced"
---@field uid? integer
---@field gid? integer
---@field windowsHide? boolean

---A worker of a cluster, as its primary and it itself see it.
---
---Events:
---
---- **online** `()` It runs.
---- **listening** `(address: table)` One of its servers listens.
---- **message** `(message: any, handle: any)` The other side has sent something.
---- **disconnect** `()` The channel is closed.
---- **exit** `(code: integer?, signal: string?)` It has ended.
---- **error** `(err: net.Error)` As of its process.
---
---In Node.js: `Class: Worker`
---@class net.Worker: net.EventEmitter
---@field id integer Its number.
---@field process net.ChildProcess|net.Process Its process: in the primary a ChildProcess, in itself `net.process`.
---@field state string `none`, `online`, `listening`, `disconnected`, `dead`, …
---@field exitedAfterDisconnect boolean? Was it asked to leave? nil as long as it runs and was not.
local Worker = {}

---Called by the constructor.
---@param options? table
function Worker:initialize(options) end

---Sends a message to the other side, as `net.ChildProcess:send` does.
---
---In Node.js: `worker.send(message[, sendHandle[, options]][, callback])`
---@param ... any
---@return boolean
function Worker:send(...) end

---Has it close its servers, wait for their connections, and leave the channel.
---
---In Node.js: `worker.disconnect()`
---@return net.Worker itself
function Worker:disconnect() end

---Ends it: from the primary by a signal, from within at once.
---
---In Node.js: `worker.kill([signal])`
---@param signal? string|integer default `SIGTERM`
function Worker:destroy(signal) end

---The same as `destroy`.
---@param signal? string|integer
function Worker:kill(signal) end

---Is there a channel between it and the primary?
---
---In Node.js: `worker.isConnected()`
---@return boolean
function Worker:isConnected() end

---Has its process ended?
---
---In Node.js: `worker.isDead()`
---@return boolean
function Worker:isDead() end

return cluster
