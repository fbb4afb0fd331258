const { PassThrough, finished, later, log } = require("../prelude");

const both = new PassThrough();
finished(both, { readable: false }, (err) => log("written", err));
finished(both, { writable: false }, (err) => log("read", err));
const cleanup = finished(both, (err) => log("never", err));
cleanup();
both.end("x");
later(() => both.resume());
