const { bad, net } = require("../prelude");

const server = net.createServer();
bad("getConnections()", () => server.getConnections());
bad("on(\"x\")", () => server.on("x"));
bad("on(\"x\", 5)", () => server.on("x", 5));
bad("once(\"x\", \"y\")", () => server.once("x", "y"));
bad("addListener(\"x\", {})", () => server.addListener("x", {}));
bad("prependListener(\"x\", true)", () => server.prependListener("x", true));
bad("prependOnceListener(\"x\")", () => server.prependOnceListener("x"));
bad("removeListener(\"x\")", () => server.removeListener("x"));
bad("off(\"x\", 5)", () => server.off("x", 5));
bad("listen twice", () => {
  server.listen(0);
  server.listen(0);
});
server.on("error", () => {});
server.close();
