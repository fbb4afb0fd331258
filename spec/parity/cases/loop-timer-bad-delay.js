const { log, setTimeout } = require("../prelude");

// What is no delay is one millisecond.
setTimeout(() => log("negative"), -5);
setTimeout(() => log("zero"), 0);
setTimeout(() => log("nothing"));
setTimeout(() => log("a string"), "1");
setTimeout(() => log("later"), 20);
