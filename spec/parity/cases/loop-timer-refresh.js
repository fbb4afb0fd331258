const { log, setTimeout } = require("../prelude");

let times = 0;
const timer = setTimeout(() => {
  times = times + 1;
  log("fired", times);
  if (times < 3) timer.refresh();
}, 5);
