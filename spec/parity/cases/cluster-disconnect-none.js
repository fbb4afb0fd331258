const { cluster, log } = require("../prelude");

cluster.disconnect(() => log("called back"));
log("later");
