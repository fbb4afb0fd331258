const { log, net, setTimeout } = require("../prelude");

// An unref'd server does not keep the loop running.
const server = net.createServer();
log("returns itself", server.unref() === server);
server.listen(0, "127.0.0.1", () => log("listening"));
const timer = setTimeout(() => log("the loop waited for this"), 30);
log("timer", typeof timer !== "nil");
