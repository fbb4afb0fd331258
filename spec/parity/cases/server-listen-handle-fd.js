const { listen, net, watch } = require("../prelude");

// The descriptor of a handle that this loop watches already is refused.
const first = net.createServer();
const second = net.createServer();
const note = watch(second, "second");
listen(first, () => {
  note("fd is a number", typeof first._handle.fd, first._handle.fd > 2);
  note("returns itself", second.listen({ fd: first._handle.fd }) === second);
  note("listening", second.listening);
  second.on("error", () => first.close());
});
