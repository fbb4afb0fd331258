const { bad, spawn } = require("../prelude");

bad("windowsHide", () => spawn("true", [], { windowsHide: 1 }));
