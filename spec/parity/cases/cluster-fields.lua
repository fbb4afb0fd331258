local prelude = require("prelude")
local cluster, log = prelude.cluster, prelude.log

log("roles", cluster.isPrimary, cluster.isMaster, cluster.isWorker)
log("policies", cluster.SCHED_NONE, cluster.SCHED_RR, cluster.schedulingPolicy)
log("workers", next(cluster.workers) == nil and 0, cluster.worker == nil)
log("settings", next(cluster.settings) == nil and 0)
