const { later, net, watch } = require("../prelude");

const socket = new net.Socket();
const note = watch(socket, "socket");
note("end", socket.end() === socket);
note("state", socket.destroyed, socket.writableEnded);
later(() => note("later", socket.destroyed, socket.writableFinished, socket.readyState));
