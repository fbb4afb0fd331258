const { log, net, newError } = require("../prelude");

// Always a boolean, even of a socket that never had a handle.
const first = new net.Socket();
first.on("close", (hadError) => log("close", hadError));
first.destroy();
const second = new net.Socket();
second.on("error", () => {});
second.on("close", (hadError) => log("close after an error", hadError));
second.destroy(newError("x"));
