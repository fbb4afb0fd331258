const { log, pair, setTimeout } = require("../prelude");

// Sockets of one time, all of whose traffic is in one ms: who was quiet first comes first, and a timer in its place.
pair({}, (one, onePeer) => {
  pair({}, (two, twoPeer) => {
    pair({}, (three, threePeer) => {
      for (const peer of [onePeer, twoPeer, threePeer]) peer.resume();
      [one, two, three].forEach((socket, index) => {
        socket.setTimeout(200, () => log("timeout", index + 1));
      });
      setTimeout(() => log("timer"), 200);
      two.write("x");
      one.write("x");
      setTimeout(() => {
        for (const socket of [one, two, three]) socket.destroy();
      }, 500);
    });
  });
});
