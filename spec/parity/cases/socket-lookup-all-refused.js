const { net, watch } = require("../prelude");

const lookup = (host, options, callback) => {
  callback(null, [{ address: "::1", family: 6 }, { address: "127.0.0.1", family: 4 }]);
};
const client = net.connect({ port: 1, host: "some.host", lookup });
watch(client, "client");
