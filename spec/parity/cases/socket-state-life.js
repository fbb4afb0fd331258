const { actor, fieldsOf, listen, net } = require("../prelude");

// What the fields say before, during and after.
const fields = ["connecting", "pending", "readyState", "destroyed", "readable", "writable", "localAddress", "localPort",
  "remoteAddress", "remotePort", "remoteFamily", "localFamily", "bytesRead", "bytesWritten"];
const server = net.createServer((socket) => {
  socket.resume();
  socket.on("end", () => server.close());
});
listen(server, (port) => {
  const client = new net.Socket();
  client.resume();
  const note = actor("client");
  note("new", fieldsOf(client, fields), client.address());
  client.connect(port, "127.0.0.1");
  note("connecting", fieldsOf(client, fields), client.address());
  client.on("connect", () => {
    note("connected", fieldsOf(client, fields), client.address());
    client.end("hello");
    note("ending", fieldsOf(client, fields));
  });
  client.on("finish", () => note("finish", fieldsOf(client, fields)));
  client.on("end", () => note("end", fieldsOf(client, fields)));
  client.on("close", () => note("close", fieldsOf(client, fields), client.address()));
});
