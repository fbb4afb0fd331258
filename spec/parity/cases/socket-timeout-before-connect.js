const { later, net, watch } = require("../prelude");

// The idle time runs on a socket that nobody connected, too.
const socket = new net.Socket();
const note = watch(socket, "socket", ["timeout", "error"]);
socket.on("close", () => note("close"));
socket.setTimeout(20, () => {
  note("callback");
  socket.destroy();
});
later(() => note("still here"), 60);
