const { actor, dns, net, newError } = require("../prelude");

// What a custom lookup is asked.
let left = 0;
const ask = (name, options) => {
  left = left + 1;
  const note = actor(name);
  options.port = 1;
  options.host = "some.host";
  options.lookup = (host, asked, callback) => {
    note("asked", host, asked.family, asked.hints, asked.all);
    callback(newError("no answer"));
  };
  const socket = net.connect(options);
  socket.on("error", (err) => note("error", err));
  socket.on("close", (hadError) => note("close", hadError));
};
ask("plain", {});
ask("family 4", { family: 4 });
ask("family 6", { family: 6 });
ask("family 0", { family: 0 });
ask("hints", { hints: dns.ADDRCONFIG });
