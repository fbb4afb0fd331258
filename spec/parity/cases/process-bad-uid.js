const { bad, spawn } = require("../prelude");

bad("uid", () => spawn("true", [], { uid: "x" }));
