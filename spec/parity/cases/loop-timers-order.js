const { log, setTimeout } = require("../prelude");

setTimeout(() => log("300"), 300);
setTimeout(() => log("100"), 100);
setTimeout(() => log("200"), 200);
setTimeout((...args) => log("1", ...args), 1, "a", 2);
setTimeout(() => log("also 100"), 100);
