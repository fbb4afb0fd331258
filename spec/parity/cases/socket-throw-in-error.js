const { log, net } = require("../prelude");

const client = net.connect(1, "127.0.0.1");
client.on("error", () => {
  throw new Error("in error");
});
client.on("close", (hadError) => log("close", hadError));
