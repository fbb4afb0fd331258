const { actor, later, net, watch } = require("../prelude");

// An answer that comes too late is dropped.
const note = actor("client");
const lookup = (host, options, callback) => {
  note("lookup called");
  later(() => {
    note("answer");
    callback(null, "127.0.0.1", 4);
  });
};
const client = net.connect({ port: 1, host: "some.host", lookup });
watch(client, "client");
client.destroy();
note("state", client.connecting, client.pending, client.destroyed);
