const { log, pair, steps } = require("../prelude");
const { EventEmitter } = require("events");
const { Readable } = require("stream");

// The classes above Socket get another `emit` and `push`.
pair({}, (client, peer) => {
  const { emit } = EventEmitter.prototype;
  const { push } = Readable.prototype;
  EventEmitter.prototype.emit = function (event, ...rest) {
    if (this === peer) log("emit", event, ...rest);
    return emit.call(this, event, ...rest);
  };
  Readable.prototype.push = function (chunk, ...rest) {
    if (this === peer) log("push", chunk);
    return push.call(this, chunk, ...rest);
  };
  peer.on("data", (data) => log("data", data));
  peer.on("close", () => {
    EventEmitter.prototype.emit = emit;
    Readable.prototype.push = push;
  });
  steps([
    () => client.write("one"),
    () => client.write("two"),
    () => client.end().resume(),
  ]);
});
