const { log, net } = require("../prelude");

// Without a handle nothing is buffered.
const socket = new net.Socket();
log("bufferSize", socket.bufferSize);
socket.destroy();
log("bufferSize", socket.bufferSize);
