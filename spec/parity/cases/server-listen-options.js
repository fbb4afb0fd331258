const { attempt, net, tempPath, watch } = require("../prelude");

const variant = (name, options) => {
  const server = net.createServer();
  const note = watch(server, name);
  const called = (...args) => {
    note("callback", ...args);
    note("address", server.address());
    server.close();
  };
  note("returns itself", attempt(() => server.listen(options, called) === server));
};

variant("port", { port: 0 });
variant("port as digits", { port: "0" });
variant("port and host", { port: 0, host: "127.0.0.1" });
variant("port, host, backlog", { port: 0, host: "127.0.0.1", backlog: 1 });
variant("exclusive", { port: 0, host: "127.0.0.1", exclusive: true });
variant("port before path", { port: 0, host: "127.0.0.1", path: tempPath() });
variant("path", { path: tempPath() });
variant("path and backlog", { path: tempPath(), backlog: 2 });
variant("host only", { host: "127.0.0.1" });
variant("nothing", {});
variant("IPv6", { port: 0, host: "::1" });
variant("ipv6Only", { port: 0, host: "::", ipv6Only: true });
