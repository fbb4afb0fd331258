const { attempt, log, net, pair } = require("../prelude");

// A second socket cannot take over a descriptor that this loop watches.
pair({}, (client, peer) => {
  client.resume();
  peer.resume();
  log("fd", typeof client._handle.fd);
  const result = attempt(() => new net.Socket({ fd: client._handle.fd }));
  log("code", result.code, result.syscall);
  client.destroy();
});
