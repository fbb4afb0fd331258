const { net, watch } = require("../prelude");

// On a socket that nobody connected.
const socket = new net.Socket();
const note = watch(socket, "socket", ["error", "end", "finish"]);
socket.on("close", () => note("close"));
note("write", socket.write("x", (err) => note("callback", err)));
note("state", socket.destroyed, socket.pending, socket.readyState);
