const { bad, spawn } = require("../prelude");

bad("shell", () => spawn("true", [], { shell: 1 }));
