const {
  actor, clearImmediate, clearInterval, clearTimeout, log, setImmediate, setInterval, setTimeout,
} = require("../prelude");

const gone = setTimeout(() => log("never"), 5);
clearTimeout(gone);
clearTimeout(undefined);
const other = setTimeout(() => log("never"), 10);
setTimeout(() => clearTimeout(other), 5);
let count = 0;
const interval = setInterval(() => {
  count = count + 1;
  log("interval", count);
  if (count === 3) clearInterval(interval);
}, 5);
const immediate = setImmediate(() => log("never"));
clearImmediate(immediate);
setImmediate(() => actor("immediate")("runs"));
