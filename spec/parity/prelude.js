// What every case uses: the API under one roof, and a trace in a form that both languages share. Its twin: prelude.lua.
"use strict";

const net = require("net");
const dns = require("dns");
const fs = require("fs");
const os = require("os");
const pathModule = require("path");
const childProcess = require("child_process");
const cluster = require("cluster");
const stream = require("stream");
const EventEmitter = require("events");
const { hide, line } = require("./show.js");

const LIMIT = 15000; // ms: no case takes longer
const TURNS = 10; // of the loop: what `later` waits for at least
const dir = fs.mkdtempSync(pathModule.join(os.tmpdir(), "parity-"));

hide(dir);

const sections = new Map([["main", []]]);

// A trace of its own for one actor: the order between actors may be free, the order of one's own lines never is.
function actor(name) {
  if (!sections.has(name)) sections.set(name, []);
  const lines = sections.get(name);
  return (label, ...values) => lines.push(line(label, values));
}

const log = actor("main");

function print() {
  const names = [...sections.keys()].filter((name) => name !== "main").sort();
  for (const name of ["main", ...names]) {
    const lines = sections.get(name);
    if (name !== "main") console.log(`-- ${name}`);
    for (const one of lines) console.log(typeof one === "string" ? one : line("data", [one.data]));
  }
}

const STREAM_EVENTS = ["lookup", "connect", "ready", "data", "end", "timeout", "drain", "error", "finish", "close"];
const SERVER_EVENTS = ["listening", "connection", "drop", "error", "close"];

// Listens for the events and writes them into the actor's trace; successive data is one line, however it was cut.
function watch(emitter, name, events) {
  const add = actor(name);
  const lines = sections.get(name);
  for (const event of events || (emitter instanceof net.Server ? SERVER_EVENTS : STREAM_EVENTS)) {
    if (event === "data") {
      emitter.on(event, (chunk) => {
        const data = typeof chunk === "object" && !Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
        const last = lines[lines.length - 1];
        if (last && typeof last === "object") last.data = Buffer.concat([last.data, data]);
        else lines.push({ data });
      });
    } else {
      emitter.on(event, (...args) => add(event, ...args));
    }
  }
  return add;
}

// What the function returns, or the error that it throws.
function attempt(fn) {
  try {
    return fn();
  } catch (err) {
    return err;
  }
}

// One row of a table of wrong calls.
function bad(label, fn) {
  const result = attempt(fn);
  log(label, result instanceof Error ? result : "no error");
}

function bytes(...list) {
  return Buffer.from(list);
}

function rep(text, count) {
  return text.repeat(count);
}

function size(data) {
  return Buffer.byteLength(data);
}

// Of a text in ASCII.
function firstOf(text, count) {
  return text.slice(0, count);
}

function lastOf(text, count) {
  return text.slice(-count);
}

function newError(message) {
  return new Error(message);
}

// Some milliseconds later, and some turns of the loop: whatever was on its way has arrived, also on a machine that is too
// busy to let us run all that time.
function later(fn, ms) {
  const pause = Math.ceil((ms === undefined ? 30 : ms) / TURNS);
  let left = TURNS;
  const step = () => {
    left -= 1;
    if (left === 0) fn();
    else setTimeout(() => setImmediate(step), pause);
  };
  setTimeout(step, pause);
}

// One function after the other, each a while later.
function steps(list) {
  let at = 0;
  const step = () => {
    list[at]();
    at += 1;
    if (at < list.length) later(step);
  };
  later(step);
}

function listen(server, fn) {
  return server.listen(0, "127.0.0.1", () => fn(server.address().port));
}

// A connected client and its peer on the server's side, both idle; the server is closed already.
// options: unix, client (for net.connect), server (for net.createServer).
function pair(options, fn) {
  const server = net.createServer(options.server || {}, (socket) => {
    server.close();
    peer = socket;
    check();
  });
  let client, peer, connected;
  function check() {
    if (connected && peer) setImmediate(() => fn(client, peer));
  }
  function start(target) {
    client = net.connect({ ...target, ...(options.client || {}) });
    client.once("connect", () => {
      connected = true;
      check();
    });
  }
  if (options.unix) {
    const path = tempPath();
    server.listen(path, () => start({ path }));
  } else {
    listen(server, (port) => start({ port, host: "127.0.0.1" }));
  }
}

let paths = 0;

function tempPath(name) {
  paths += 1;
  return pathModule.join(dir, name || `s${paths}`);
}

function exists(path) {
  return fs.existsSync(path);
}

// The permission bits, as digits.
function mode(path) {
  return (fs.statSync(path).mode & 0o777).toString(8);
}

function chmod(path, digits) {
  fs.chmodSync(path, parseInt(digits, 8));
}

function writeFile(path, text) {
  fs.writeFileSync(path, text);
}

function unlink(path) {
  fs.unlinkSync(path);
}

// Gives the file a second name.
function linkTo(path, other) {
  fs.linkSync(path, other);
}

// The named fields of a value, for one line of the trace.
function fieldsOf(object, names) {
  const out = {};
  for (const name of names) out[name] = object[name];
  return out;
}

// When an error comes out of the loop is up to the language; that it does, and in which order, is not.
process.on("uncaughtException", (err) => actor("uncaught")("error", err));

setTimeout(() => {
  log("TIMEOUT");
  process.exit(1);
}, LIMIT).unref();

process.on("exit", () => {
  print();
  fs.rmSync(dir, { recursive: true, force: true });
});

// A child that does what it is told by messages: child.js, child.lua.
function forkChild(options) {
  return childProcess.fork(pathModule.join(__dirname, "child.js"), [], { execArgv: [], ...options });
}

// A worker that does what it is told by messages: worker.js, worker.lua. What it says goes into a trace of its own.
function forkWorker(env) {
  if (!cluster.settings.exec || !cluster.settings.exec.endsWith("worker.js")) {
    cluster.setupPrimary({ exec: pathModule.join(__dirname, "worker.js"), execArgv: [] });
  }
  const worker = cluster.fork(env);
  const add = watch(worker, "worker " + worker.id, ["online", "disconnect", "error"]);
  // The system tells of an end and of a closed channel in either order.
  worker.on("exit", (code, signal) => {
    if (!worker.isConnected()) add("exit", code, signal);
    else worker.once("disconnect", () => add("exit", code, signal));
  });
  return worker;
}

// What comes over a connection until its end.
function ask(options, fn) {
  let text = "";
  const socket = net.connect(options);
  socket.on("data", (data) => { text += data; });
  socket.on("error", (err) => { text += "(" + err.code + ")"; });
  socket.on("close", () => fn(text));
  return socket;
}

function spawn(file, args, options) {
  return childProcess.spawn(file, args || [], options || {});
}

module.exports = {
  childProcess, cluster, forkChild, forkWorker, ask, spawn,
  net, dns, EventEmitter,
  Readable: stream.Readable, Writable: stream.Writable, Duplex: stream.Duplex, Transform: stream.Transform,
  PassThrough: stream.PassThrough, pipeline: stream.pipeline, finished: stream.finished,
  setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, nextTick: process.nextTick,
  log, actor, watch, attempt, bad, bytes, rep, size, firstOf, lastOf, newError, later, steps, listen, pair,
  tempPath, exists, mode, chmod, writeFile, unlink, linkTo, fieldsOf,
};
