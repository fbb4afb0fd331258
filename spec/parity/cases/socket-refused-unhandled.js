const { log, net } = require("../prelude");

net.connect(1, "127.0.0.1").on("close", (hadError) => log("close", hadError));
