const { bad, spawn } = require("../prelude");

bad("file missing", () => spawn(undefined));
