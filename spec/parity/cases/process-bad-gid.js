const { bad, spawn } = require("../prelude");

bad("gid", () => spawn("true", [], { gid: "x" }));
