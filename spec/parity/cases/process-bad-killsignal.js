const { bad, spawn } = require("../prelude");

bad("killSignal", () => spawn("true", [], { killSignal: "SIGNO" }));
