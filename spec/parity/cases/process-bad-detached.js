const { bad, spawn } = require("../prelude");

bad("detached", () => spawn("true", [], { detached: 1 }));
