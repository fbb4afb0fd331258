const { actor, mode, net, tempPath } = require("../prelude");

// The file's mode, as the options ask.
const variant = (name, options) => {
  const path = tempPath();
  const server = net.createServer();
  options.path = path;
  server.listen(options, () => {
    actor(name)("mode", mode(path));
    server.close();
  });
};
variant("readableAll", { readableAll: true });
variant("writableAll", { writableAll: true });
variant("both", { readableAll: true, writableAll: true });
