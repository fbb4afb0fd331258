const { bad, spawn } = require("../prelude");

bad("serialization", () => spawn("true", [], { serialization: "other" }));
