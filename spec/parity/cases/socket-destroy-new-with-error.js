const { net, newError, nextTick, watch } = require("../prelude");

const socket = new net.Socket();
const note = watch(socket, "socket", ["error", "end", "finish"]);
socket.on("close", () => note("close"));
socket.destroy(newError("broken"));
note("destroyed", socket.destroyed);
nextTick(() => note("tick"));
