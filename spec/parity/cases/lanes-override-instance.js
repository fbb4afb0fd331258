const { actor, pair, steps } = require("../prelude");

// A method that an instance gets of its own is called from then on, whatever has been read and written before.
const NAMES = [
  "read", "resume", "pause", "_read", "push", "unshift", "on", "emit", "destroy", "_destroy", "destroySoon", "finish",
  "_final", "write", "_write", "_writev", "cork", "uncork", "setTimeout", "removeListener", "isPaused",
  "listenerCount", "once", "addListener",
];

const play = (name, moment, kind) => {
  pair({}, (client, peer) => {
    const add = actor(name + " " + moment + " " + kind);
    const method = name === "finish" ? "end" : name;
    const override = () => {
      const old = peer[method];
      peer[method] = function (first, ...rest) {
        const text = Buffer.isBuffer(first) ? first.toString() : first;
        add("called", typeof text === "string" ? text : undefined);
        return old.call(this, first, ...rest);
      };
    };
    const callback = kind === "callback" ? () => {} : undefined;
    if (moment === "before") override();
    if (kind === "pipe") {
      peer.pipe(peer);
    } else {
      peer.on("data", (data) => peer.write(data, callback));
    }
    peer.on("close", () => add("closed"));
    client.resume();
    steps([
      () => client.write("one"),
      () => client.write("two"),
      () => {
        if (moment === "mid") override();
        client.write("three");
      },
      () => {
        if (moment === "end") override();
        client.end();
      },
    ]);
  });
};

for (const name of NAMES) {
  for (const moment of ["before", "mid", "end"]) {
    for (const kind of ["data", "pipe", "callback"]) play(name, moment, kind);
  }
}
