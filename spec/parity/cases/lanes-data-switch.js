const { later, pair, watch } = require("../prelude");

// data, then readable, then data again.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  const flowing = (data) => note("data", data);
  const readable = () => {
    const chunk = client.read();
    if (chunk) note("read", chunk);
  };
  client.on("data", flowing);
  peer.write("one");
  later(() => {
    client.off("data", flowing);
    client.on("readable", readable);
    peer.write("two");
    later(() => {
      client.off("readable", readable);
      client.on("data", flowing);
      client.resume();
      peer.end("three");
    });
  });
});
