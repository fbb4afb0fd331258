const { log, net } = require("../prelude");

log("nothing", net.isIP(undefined), net.isIPv4(undefined), net.isIPv6(undefined));
log("no argument", net.isIP(), net.isIPv4(), net.isIPv6());
log("a number", net.isIP(127), net.isIPv4(127), net.isIPv6(127));
log("a boolean", net.isIP(true), net.isIPv4(false), net.isIPv6(true));
log("a table", net.isIP({}), net.isIPv4({}), net.isIPv6({}));
