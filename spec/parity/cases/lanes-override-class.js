const { actor, later, net, pair, steps } = require("../prelude");

// A method that the class gets is called from then on, by the sockets that are there already, too.
const NAMES = ["write", "_write", "emit", "push", "read", "_read", "_destroy", "destroy", "finish", "_final"];

const play = (name, kind, done) => {
  pair({}, (client, peer) => {
    const add = actor(name + " " + kind);
    const method = name === "finish" ? "end" : name;
    const prototype = net.Socket.prototype;
    const isOwn = Object.prototype.hasOwnProperty.call(prototype, method);
    const old = prototype[method];
    if (kind === "pipe") {
      peer.pipe(peer);
    } else {
      peer.on("data", (data) => peer.write(data));
    }
    client.on("data", () => {});
    peer.on("close", () => {
      later(() => {
        if (isOwn) prototype[method] = old;
        else delete prototype[method];
        done();
      });
    });
    steps([
      () => client.write("one"),
      () => client.write("two"),
      () => {
        prototype[method] = function (first, ...rest) {
          const text = Buffer.isBuffer(first) ? first.toString() : first;
          if (this === peer) add("called", typeof text === "string" ? text : undefined);
          return old.call(this, first, ...rest);
        };
        client.write("three");
      },
      () => client.write("four"),
      () => client.end(),
    ]);
  });
};

const plays = [];
for (const kind of ["data", "pipe"]) {
  for (const name of NAMES) plays.push([name, kind]);
}

const nextOne = () => {
  const one = plays.shift();
  if (one) play(one[0], one[1], nextOne);
};
nextOne();
