const { childProcess, log } = require("../prelude");

childProcess.execFile("echo", ["a b", "c"], (...args) => log("done", ...args));
