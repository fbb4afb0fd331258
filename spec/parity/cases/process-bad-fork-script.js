const { bad, childProcess } = require("../prelude");

bad("fork script", () => childProcess.fork("x", [], { stdio: ["pipe", "pipe"] }));
