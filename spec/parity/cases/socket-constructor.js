const { Duplex, Readable, Writable, actor, net } = require("../prelude");

const show = (name, options) => {
  const socket = new net.Socket(options);
  const note = actor(name);
  note("socket", socket);
  note("instances", socket instanceof net.Socket, socket instanceof Duplex);
  note("sides", socket instanceof Readable, socket instanceof Writable);
  note("state", socket.readyState, socket.connecting, socket.pending, socket.destroyed);
  note("half-open", socket.allowHalfOpen);
  note("sides", socket.readable, socket.writable);
  note("flow", socket.readableFlowing, socket.isPaused());
  note("marks", socket.readableHighWaterMark, socket.writableHighWaterMark);
  note("bytes", socket.bytesRead, socket.bytesWritten);
  note("timeout", socket.timeout);
  note("handle", socket._handle);
};
show("no options", undefined);
show("empty options", {});
show("allowHalfOpen", { allowHalfOpen: true });
show("allowHalfOpen false", { allowHalfOpen: false });
show("readable without fd", { readable: true });
show("writable without fd", { writable: true });
show("highWaterMark", { highWaterMark: 100 });
show("marks", { readableHighWaterMark: 10, writableHighWaterMark: 20 });
