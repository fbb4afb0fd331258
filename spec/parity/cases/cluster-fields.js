const { cluster, log } = require("../prelude");

log("roles", cluster.isPrimary, cluster.isMaster, cluster.isWorker);
log("policies", cluster.SCHED_NONE, cluster.SCHED_RR, cluster.schedulingPolicy);
log("workers", Object.keys(cluster.workers).length, cluster.worker === undefined);
log("settings", Object.keys(cluster.settings).length);
