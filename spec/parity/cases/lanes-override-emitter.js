const { later, log, pair } = require("../prelude");
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
  later(() => {
    client.write("one");
    later(() => {
      client.write("two");
      later(() => {
        client.end();
        client.resume();
      });
    });
  });
});
