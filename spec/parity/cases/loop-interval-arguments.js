const { clearInterval, log, setInterval } = require("../prelude");

let count = 0;
const interval = setInterval((a, b) => {
  count = count + 1;
  log("interval", a, b);
  if (count === 2) clearInterval(interval);
}, 3, "x", 7);
