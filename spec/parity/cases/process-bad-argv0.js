const { bad, spawn } = require("../prelude");

bad("argv0", () => spawn("true", [], { argv0: 1 }));
