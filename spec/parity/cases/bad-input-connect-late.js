const { actor, attempt, net } = require("../prelude");

// Found only when the lookup is asked.
const attemptAt = (name, options) => {
  options.port = 1;
  const note = actor(name);
  const result = attempt(() => {
    const socket = net.connect(options);
    socket.on("error", (err) => note("error", err));
    socket.on("close", (hadError) => note("close", hadError));
    return "no error";
  });
  note("result", result);
};
attemptAt("host a number", { host: 5 });
attemptAt("host a table", { host: {} });
attemptAt("host true", { host: true });
attemptAt("family 5", { host: "some.host", family: 5 });
