local prelude = require("prelude")
local cluster, forkWorker, log = prelude.cluster, prelude.forkWorker, prelude.log

local online = 0
cluster:on("online", function()
  online = online + 1
  if online < 3 then return end
  cluster.disconnect(function() log("called back") end)
end)
for _ = 1, 3 do
  forkWorker()
end
log("there", #cluster.workers)
