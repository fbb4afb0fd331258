const { bad, net } = require("../prelude");

// A descriptor that is no socket.
bad("a file", () => new net.Socket({ fd: 1000000 }));
