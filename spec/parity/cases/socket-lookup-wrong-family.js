const { net, watch } = require("../prelude");

const lookup = (host, options, callback) => callback(null, "127.0.0.1", 100);
watch(net.connect({ port: 1, host: "some.host", lookup, autoSelectFamily: false }), "family 100");
const second = (host, options, callback) => callback(null, "not an address", 4);
watch(net.connect({ port: 1, host: "some.host", lookup: second, autoSelectFamily: false }), "no address");
