const { net, watch } = require("../prelude");

// A server listens on another server's handle: both have the same address.
const first = net.createServer();
const second = net.createServer();
const one = watch(first, "first");
const two = watch(second, "second");
first.listen(0, "127.0.0.1", () => {
  const returned = second.listen(first, () => {
    two("same port", second.address().port === first.address().port);
    two("address", second.address());
    second.close();
    one("listening", first.listening);
  });
  two("returns itself", returned === second);
});
second.on("close", () => {
  one("listening", first.listening);
  first.close();
});
