const { childProcess, log } = require("../prelude");

childProcess.exec("kill -9 $$", (err, stdout, stderr) => {
  log("done", err === null, stdout, stderr);
  if (err) log("fields", err.code, err.killed, err.signal, err.cmd);
});
