const { bad, spawn } = require("../prelude");

bad("file number", () => spawn(5));
