const { Readable, finished, later, log } = require("../prelude");

const source = new Readable({ read() {} });
source.push(null);
source.resume();
later(() => {
  log("state", source.readableEnded, source.destroyed);
  finished(source, (err) => log("finished", err));
  log("not yet");
});
