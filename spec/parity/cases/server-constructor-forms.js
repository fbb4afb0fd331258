const { EventEmitter, actor, net } = require("../prelude");

const variant = (name, make) => {
  const server = make();
  const note = actor(name);
  note("server", server);
  note("instances", server instanceof net.Server, server instanceof EventEmitter, server instanceof net.Socket);
  note("listeners", server.listenerCount("connection"));
  note("state", server.listening, server.maxConnections, server.address());
};
const listener = () => {};
variant("createServer()", () => net.createServer());
variant("createServer(fn)", () => net.createServer(listener));
variant("createServer({})", () => net.createServer({}));
variant("createServer({}, fn)", () => net.createServer({ allowHalfOpen: true }, listener));
variant("createServer(nil, fn)", () => net.createServer(undefined, listener));
variant("Server()", () => new net.Server());
variant("Server(fn)", () => new net.Server(listener));
variant("Server({}, fn)", () => new net.Server({}, listener));
