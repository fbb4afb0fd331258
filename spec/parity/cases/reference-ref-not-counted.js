const { listen, log, net, pair } = require("../prelude");

// However often it is said: the last word counts.
const server = net.createServer();
listen(server, () => {
  log("server", server.ref().ref().unref() === server, server.unref() === server);
});
pair({}, (client, peer) => {
  client.resume();
  peer.resume();
  log("client", client.ref().ref().unref() === client);
  log("peer", peer.unref().unref().ref().unref() === peer);
});
