--- Node's `cluster`: several processes that serve one port.
--
--     if net.cluster.isPrimary then
--       for _ = 1, 4 do net.cluster.fork() end
--     else
--       net.createServer(handler):listen(8124)
--     end
--     net.run()
--
-- Its functions are called with a dot, its methods as an EventEmitter with a colon.
--
-- Floor 14.
-- @module net.cluster

local core = require("uvnet.core")
local process = require("uvnet.process")

local id = tonumber(os.getenv("NODE_UNIQUE_ID") or "")
if id and process.channel then
  core.unsetenv("NODE_UNIQUE_ID")
  local cluster = require("uvnet.process.cluster_worker")
  cluster._setup(id)
  return cluster
end

return require("uvnet.process.cluster_primary")
