const { later, log, nextTick, pair, setImmediate } = require("../prelude");

pair({}, (client, peer) => {
  client.on("data", (data) => {
    log("data", data);
    nextTick(() => log("tick of data"));
    setImmediate(() => log("immediate of data"));
  });
  client.on("end", () => log("end"));
  client.on("close", () => log("close"));
  peer.resume();
  peer.write("x");
  later(() => peer.end());
});
