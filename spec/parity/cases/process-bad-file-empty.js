const { bad, spawn } = require("../prelude");

bad("file empty", () => spawn(""));
