// What cases fork: does what a message says. Its twin: child.lua.
"use strict";

const net = require("net");

const kept = [];

const acts = {
  echo: (message) => process.send({ echo: message.value }),
  exit: (message) => process.exit(message.code),
  die: () => process.kill(process.pid, "SIGKILL"),
  disconnect: () => process.disconnect(),
  connected: () => process.send({ connected: process.connected }),
  answer: (message, handle) => {
    if (!handle) return process.send({ handle: "none" });
    if (handle instanceof net.Server) {
      kept.push(handle);
      handle.on("connection", (socket) => socket.end(message.text));
      process.send({ handle: "server", listening: handle.listening });
    } else {
      handle.end(message.text);
      process.send({ handle: "socket" });
    }
  },
  hold: (message, handle) => {
    kept.push(handle);
    handle.on("error", () => {});
    process.send({ handle: "held" });
  },
  release: () => {
    for (const one of kept) {
      if (one instanceof net.Server) one.close();
      else one.destroy();
    }
    process.send({ released: kept.length });
  },
  give: () => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      kept.push(server);
      process.send({ giving: true }, server);
    });
  },
};

process.on("message", (message, handle) => acts[message.act](message, handle));
