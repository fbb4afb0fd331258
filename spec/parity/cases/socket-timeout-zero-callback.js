const { log, net } = require("../prelude");

// setTimeout(0, callback) takes the callback away.
const socket = new net.Socket();
const callback = () => {};
socket.setTimeout(1000, callback);
log("listeners", socket.listenerCount("timeout"));
socket.setTimeout(0, callback);
log("listeners", socket.listenerCount("timeout"), socket.timeout);
socket.destroy();
