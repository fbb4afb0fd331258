const { log, setTimeout } = require("../prelude");

setTimeout(() => log("30"), 30);
setTimeout(() => log("10"), 10);
setTimeout(() => log("20"), 20);
setTimeout((...args) => log("1", ...args), 1, "a", 2);
setTimeout(() => log("also 10"), 10);
