const { net, watch } = require("../prelude");

const socket = new net.Socket();
const note = watch(socket, "socket", ["error", "end", "finish"]);
socket.on("close", () => note("close"));
note("returns itself", socket.destroy() === socket);
note("state", socket.destroyed, socket.readyState);
note("again", socket.destroy() === socket);
