const { actor, fieldsOf, pair } = require("../prelude");

// The peer's state within each of its events.
pair({}, (client, peer) => {
  const note = actor("peer");
  const fields = ["readyState", "destroyed", "readable", "writable", "readableEnded", "writableEnded",
    "writableFinished"];
  const state = (event) => note(event, fieldsOf(peer, fields));
  peer.on("data", () => state("data"));
  peer.on("end", () => state("end"));
  peer.on("finish", () => state("finish"));
  peer.on("close", () => state("close"));
  client.resume();
  client.end("x");
});
