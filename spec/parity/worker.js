// What cases fork as workers of a cluster: does what a message says. Its twin: worker.lua.
"use strict";

const cluster = require("cluster");
const net = require("net");

const servers = [];
const sockets = [];

const acts = {
  // `more` has what `listen` gets.
  listen: (message) => {
    const server = net.createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      if (message.hold) socket.write("held by " + message.name);
      else socket.end("from " + message.name);
    });
    if (message.max) server.maxConnections = message.max;
    servers.push(server);
    server.on("error", (err) => process.send({ error: err.code, call: err.syscall }));
    server.on("close", () => process.send({ event: "close" }));
    server.listen(message.more, () => {
      const address = server.address();
      process.send({ listening: server.listening, port: typeof address === "object" ? address.port : 0 });
    });
    if (message.closing) server.close();
  },
  close: () => servers.shift().close(),
  release: () => {
    for (const socket of sockets) socket.destroy();
  },
  disconnect: () => cluster.worker.disconnect(),
  destroy: () => cluster.worker.destroy(),
  leave: () => process.disconnect(),
  exit: (message) => process.exit(message.code),
  die: () => process.kill(process.pid, "SIGKILL"),
  echo: (message) => cluster.worker.send({ echo: message.value }),
  env: (message) => process.send({ value: process.env[message.name] || "none" }),
  state: () => {
    const worker = cluster.worker;
    process.send({
      isWorker: cluster.isWorker, isPrimary: cluster.isPrimary, isMaster: cluster.isMaster, id: worker.id,
      connected: worker.isConnected(), dead: worker.isDead(), process: worker.process === process,
    });
  },
  answer: (message, handle) => {
    if (handle instanceof net.Server) {
      servers.push(handle);
      handle.on("connection", (socket) => socket.end("from " + message.name));
      process.send({ got: "server" });
    } else {
      handle.end("from " + message.name);
      process.send({ got: "socket" });
    }
  },
};

process.on("message", (message, handle) => acts[message.act](message, handle));
