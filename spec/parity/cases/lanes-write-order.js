const { actor, firstOf, lastOf, log, pair, rep, size } = require("../prelude");

// Small, large, corked and encoded writes arrive in the order in which they were made.
pair({ server: { pauseOnConnect: true } }, (client, peer) => {
  const big = 5000000;
  let head = "";
  let tail = "";
  let total = 0;
  client.resume();
  const done = actor("callbacks");
  client.write("a", () => done("a"));
  client.write("6263", "hex", () => done("bc"));
  client.write(rep("x", big), () => done("big"));
  client.write("d", () => done("d"));
  client.cork();
  client.write("e", () => done("e"));
  client.write("f", () => done("f"));
  client.uncork();
  client.write("Zw==", "base64", () => done("g"));
  client.end("h", () => done("end"));
  peer.setEncoding("latin1");
  peer.on("data", (data) => {
    head = firstOf(`${head}${data}`, 5);
    tail = lastOf(`${tail}${data}`, 6);
    total = total + size(data);
  });
  peer.on("end", () => log("received", total, head, tail));
  peer.resume();
});
