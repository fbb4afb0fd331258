const { childProcess, log } = require("../prelude");

childProcess.execFile("yes", [], { maxBuffer: 40 }, (err, stdout) => log("done", err.name, err.code, err.message, stdout.length));
