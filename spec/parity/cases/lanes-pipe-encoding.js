const { PassThrough, bytes, log, pair } = require("../prelude");

// A pipe from a socket that decodes carries text.
pair({}, (client, peer) => {
  const sink = new PassThrough();
  let all = "";
  sink.on("data", (data) => {
    all = `${all}${data}`;
  });
  sink.on("end", () => log("all", all));
  client.setEncoding("hex");
  client.pipe(sink);
  peer.resume();
  peer.end(bytes(0x00, 0xff, 0x10));
});
