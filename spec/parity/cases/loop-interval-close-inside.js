const { log, setInterval, setTimeout } = require("../prelude");

const interval = setInterval(() => {
  log("once");
  interval.close();
}, 3);
setTimeout(() => log("later"), 30);
