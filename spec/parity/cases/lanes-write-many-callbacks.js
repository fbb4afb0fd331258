const { log, pair, size } = require("../prelude");

// A hundred writes, a hundred callbacks, in their order.
pair({}, (client, peer) => {
  let next = 0;
  let wrong = 0;
  let received = 0;
  client.resume();
  peer.on("data", (data) => {
    received = received + size(data);
  });
  peer.on("end", () => log("received", received));
  for (let i = 0; i < 100; i++) {
    client.write(`${i},`, () => {
      if (next !== i) wrong = wrong + 1;
      next = next + 1;
    });
  }
  client.end(() => log("callbacks", next, wrong));
});
