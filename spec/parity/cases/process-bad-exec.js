const { bad, childProcess } = require("../prelude");

bad("exec", () => childProcess.exec(5));
