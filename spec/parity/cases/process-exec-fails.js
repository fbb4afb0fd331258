const { childProcess, log } = require("../prelude");

childProcess.exec("echo out; exit 3", (err, stdout, stderr) => {
  log("done", err === null, stdout, stderr);
  if (err) log("fields", err.code, err.killed, err.signal, err.cmd);
});
