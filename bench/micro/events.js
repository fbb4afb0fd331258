// Nanoseconds per operation of Node's EventEmitter: lines `name number`. The twin of events.lua.
"use strict";
const EventEmitter = require("events");

const noop = () => {};

function time(name, count, step) {
  for (let i = 0; i < count / 10; i++) step(i);
  const began = process.cpuUsage();
  for (let i = 0; i < count; i++) step(i);
  const used = process.cpuUsage(began);
  console.log(`${name} ${((used.user + used.system) * 1e3 / count).toFixed(1)}`);
}

function withListeners(count) {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  for (let i = 0; i < count; i++) emitter.on("x", () => {});
  return emitter;
}

for (const count of [0, 1, 2]) {
  const emitter = withListeners(count);
  time(`emit_${count}`, 300000, (i) => emitter.emit("x", i));
}

{
  const emitter = withListeners(0);
  time("once_emit", 100000, (i) => {
    emitter.once("x", noop);
    emitter.emit("x", i);
  });
  time("once_remove", 100000, () => {
    emitter.once("x", noop);
    emitter.removeListener("x", noop);
  });
}

{
  const emitter = withListeners(1000);
  time("emit_1000", 300, (i) => emitter.emit("x", i));
  time("on_remove_among_1000", 10000, () => {
    emitter.on("x", noop);
    emitter.removeListener("x", noop);
  });
}
