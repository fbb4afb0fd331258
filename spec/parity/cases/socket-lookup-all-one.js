const { net, watch } = require("../prelude");

const lookup = (host, options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
watch(net.connect({ port: 1, host: "some.host", lookup }), "client");
