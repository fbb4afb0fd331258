const { later, net, newError, watch } = require("../prelude");

let lookup = (host, options, callback) => callback(newError("lookup says no"));
const sync = net.connect({ port: 1, host: "some.host", lookup });
const note = watch(sync, "sync");
note("state", sync.connecting, sync.destroyed);
lookup = (host, options, callback) => {
  later(() => callback(newError("lookup says no, later")));
};
watch(net.connect({ port: 1, host: "some.host", lookup }), "late");
