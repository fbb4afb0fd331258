const { bad, spawn } = require("../prelude");

bad("ipc twice", () => spawn("true", [], { stdio: ["ipc", "ipc"] }));
