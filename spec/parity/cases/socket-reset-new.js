const { net, watch } = require("../prelude");

const socket = new net.Socket();
const note = watch(socket, "socket", ["error", "end", "finish"]);
socket.on("close", () => note("close"));
note("returns itself", socket.resetAndDestroy() === socket);
note("destroyed", socket.destroyed);
