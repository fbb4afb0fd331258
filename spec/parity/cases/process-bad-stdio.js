const { bad, spawn } = require("../prelude");

bad("stdio", () => spawn("true", [], { stdio: "other" }));
