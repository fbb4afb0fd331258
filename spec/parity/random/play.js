// node play.js PROGRAMS: plays the programs that render.lua wrote, some at once, and prints their traces. Each actor has
// a trace of its own. UNIT is how long a unit of time takes, in ms; AT_ONCE how many are played at once. Its twin: play.lua.
"use strict";

const net = require("net");
const fs = require("fs");
const os = require("os");
const pathModule = require("path");
const stream = require("stream");
const { hide, show, line } = require("../show.js");

const UNIT = Number(process.env.UNIT || 20);
const AT_ONCE = Number(process.env.AT_ONCE || 40);
const TURNS = 5; // of the loop, within one settling
const NAMES = { finish: "end" };
const STATE = [
  "allowHalfOpen", "autoSelectFamilyAttemptedAddresses", "bytesRead", "bytesWritten", "closed", "connecting", "destroyed", "errored",
  "localAddress", "localFamily", "pending", "readable", "readableAborted", "readableDidRead", "readableEncoding", "readableEnded",
  "readableFlowing", "readableHighWaterMark", "readableLength", "readyState", "remoteAddress", "remoteFamily", "timeout",
  "writable", "writableCorked", "writableEnded", "writableFinished", "writableHighWaterMark", "writableLength",
  "writableNeedDrain",
];

const dir = fs.mkdtempSync(pathModule.join(os.tmpdir(), "parity-"));
hide(dir);

const raised = new Map(); // the trace of errors that nobody caught, by the number of the program

class Actor {
  constructor(program, name) {
    Object.assign(this, { program, name, lines: [], listening: [], reactions: [], counts: {}, added: {}, shown: {} });
  }

  log(label, ...values) {
    this.lines.push(line(label, values));
  }

  // Successive data is one line, however it was cut.
  data(label, chunk) {
    const last = this.lines[this.lines.length - 1];
    const text = Buffer.from(chunk).toString("latin1");
    if (last && last.label === label) last.data += text;
    else this.lines.push({ label, data: text });
  }

  done(id) {
    return (...values) => this.log(`done ${id}`, ...values);
  }

  // ---- what happens to it ----

  listen(events) {
    this.listening = events;
  }

  react(event, count, body) {
    if (!this.listening.includes(event)) this.listening.push(event);
    this.reactions.push({ event, count, body });
  }

  begin(body) {
    this.first = body;
  }

  listener(event, label, then) {
    if (event === "data") return (chunk) => (this.data(label, chunk), then());
    if (event !== "readable") return (...values) => (this.log(label, ...values), then());
    return () => {
      const got = [];
      for (let chunk = this.socket.read(); chunk !== null; chunk = this.socket.read()) got.push(chunk);
      this.log(label, ...got);
      then();
    };
  }

  attach(socket) {
    this.socket = socket;
    for (const event of new Set([...this.listening, "error", "close", "connect"])) {
      const listener = this.listener(event, event, () => {
        const count = (this.counts[event] = (this.counts[event] || 0) + 1);
        for (const one of this.reactions) if (one.event === event && one.count === count) one.body();
      });
      this.added[event + 0] = listener;
      socket.on(event, listener);
    }
    if (this.first) this.first();
  }

  // ---- what it does ----

  attempt(label, action) {
    try {
      const value = action();
      this.log(label, value === this.socket ? "itself" : value);
    } catch (err) {
      this.log(label, err);
    }
  }

  call(id, method, ...values) {
    if (this.socket) this.attempt(`${id} ${method}`, () => this.socket[NAMES[method] || method](...values));
  }

  set(name, value) {
    this.socket[name] = value;
  }

  dial(options, target) {
    this.dialled = true;
    this.attach(new net.Socket(options));
    const { targets } = this.program;
    this.socket.connect({ ...targets[this.name === "d" ? targets.length - 1 : 0], ...target });
  }

  // A reset while the end is on its way, or may be by the time it is connected: a row of docs/differences.md.
  reset(id) {
    const socket = this.socket;
    if (!socket || socket.connecting) return;
    if (!socket.writableEnded || socket.writableFinished) this.call(id, "resetAndDestroy");
  }

  on(event, id) {
    if (!this.socket) return;
    const listener = this.listener(event, `${event} ${id}`, () => {});
    this.added[event + id] = listener;
    this.socket.on(event, listener);
  }

  once(event, id) {
    if (this.socket) this.socket.once(event, this.listener(event, `${event} ${id}`, () => {}));
  }

  off(event, id) {
    const listener = this.added[event + id];
    if (this.socket && listener) this.socket.removeListener(event, listener);
  }

  pipe(id, target, options) {
    const to = this.socket && target(this);
    if (!to) return;
    this.target = to;
    this.attempt(`${id} pipe`, () => this.socket.pipe(to, options) === to);
  }

  unpipe(id) {
    if (this.socket) this.attempt(`${id} unpipe`, () => this.socket.unpipe(this.target));
  }

  pipeline(id, target) {
    if (this.socket) this.attempt(`${id} pipeline`, () => void stream.pipeline(this.socket, target(this), this.done(id)));
  }

  finished(id, options) {
    if (this.socket) this.attempt(`${id} finished`, () => void stream.finished(this.socket, options, this.done(id)));
  }

  tick(id, body) {
    process.nextTick(() => (this.log(`tick ${id}`), body()));
  }

  immediate(id, body) {
    setImmediate(() => (this.log(`immediate ${id}`), body()));
  }

  after(id, ms, body) {
    this.timeout = setTimeout(() => (this.log(`after ${id}`), body()), ms);
  }

  timer(id, method) {
    if (this.timeout) this.attempt(`${id} ${method}`, () => String(this.timeout[method]() === this.timeout || this.timeout.hasRef()));
  }

  raise(err) {
    throw err;
  }

  // Is something counted in bytesWritten that was not sent? A row of docs/differences.md.
  miscounts() {
    const failed = this.socket.errored || (this.dialled && !this.counts.connect);
    return this.socket.destroyed && failed;
  }

  // What has changed since it was shown last.
  state(label) {
    if (!this.socket) return;
    const changed = [];
    for (const name of STATE) {
      if (name === "bytesWritten" && this.miscounts()) continue;
      const text = show(this.socket[name]);
      if (text !== (this.shown[name] || "nil")) changed.push(` ${name}=${text}`);
      this.shown[name] = text;
    }
    this.lines.push(`${label}${changed.join("")}`);
  }
}

class Program {
  constructor({ number, idles, setup }) {
    Object.assign(this, { number, steps: [], paths: 0, settling: (idles ? 3 : 1.25) * UNIT });
    for (const name of ["c", "d", "s", "t", "v", "u"]) this[name] = new Actor(this, name);
    this.peers = [this.s, this.t];
    raised.set(number, this.u);
    setup(this, this.c, this.d, this.s, this.t, this.v);
  }

  // Mixed: `d` goes to a second server, over the other kind of socket.
  serve(unix, mixed, options) {
    this.wheres = [{ port: 0, host: "127.0.0.1" }, { path: pathModule.join(dir, String(this.number)) }];
    if (unix) this.wheres.reverse();
    if (!mixed) this.wheres.pop();
    this.servers = this.wheres.map(() => net.createServer(options, (socket) => this.peers.shift().attach(socket)));
    this.v.socket = this.servers[0];
    for (const event of ["close", "drop"]) this.v.socket.on(event, () => this.v.log(event));
  }

  step(body) {
    this.steps.push(body);
  }

  text(id, size) {
    const piece = `${String.fromCharCode(97 + (id % 26))}${id}_`;
    return piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  }

  joined(...texts) {
    return texts.join("");
  }

  bytes(text) {
    return Buffer.from(text);
  }

  problem(text) {
    return new Error(`${this.number} ${text}`);
  }

  units(count) {
    return count * UNIT;
  }

  nowhere() {
    return pathModule.join(dir, "nowhere");
  }

  // A lookup that answers with these addresses, or with the first if that was asked.
  answers(addresses, waits) {
    return (_, options, callback) => {
      const list = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      const answer = () => (options.all ? callback(null, list) : callback(null, list[0].address, list[0].family));
      if (waits) setImmediate(answer);
      else process.nextTick(answer);
    };
  }

  // Where a pipe may go.
  echo() {
    return (actor) => actor.socket;
  }

  peer() {
    return () => this.t.socket;
  }

  through(id) {
    return (actor) => {
      const through = new stream.PassThrough();
      through.on("data", (chunk) => actor.data(`through ${id} data`, chunk));
      for (const event of ["end", "error", "close"]) through.on(event, (...values) => actor.log(`through ${id} ${event}`, ...values));
      return through;
    };
  }

  // Whatever was on its way has arrived, also on a machine that is too busy to let us run all that time.
  settle(then) {
    let left = TURNS;
    const turn = () => (--left === 0 ? then() : setTimeout(() => setImmediate(turn), this.settling / TURNS));
    setTimeout(() => setImmediate(turn), this.settling / TURNS);
  }

  state(label) {
    for (const actor of [this.c, this.d, this.s, this.t]) actor.state(label);
    this.v.log(label, this.v.socket.listening, this.v.socket.maxConnections);
  }

  play(over) {
    let at = 0;
    const closing = [
      () => (this.servers.forEach((one) => one.close()), this.c.call(0, "destroy"), this.d.call(0, "destroy")),
      () => (this.s.call(0, "destroy"), this.t.call(0, "destroy")),
    ];
    const steps = [...this.steps, ...closing];
    const next = () => {
      if (at > 0) this.state(`-- after ${at}`);
      if (at === steps.length) return over();
      steps[at++]();
      this.settle(next);
    };
    this.targets = [];
    this.servers.forEach((server, i) =>
      server.listen(this.wheres[i], () => {
        this.targets[i] = this.wheres[i].path ? this.wheres[i] : { port: server.address().port };
        if (i === 0) next();
      }),
    );
  }

  print() {
    for (const actor of [this.c, this.d, this.s, this.t, this.v, this.u]) {
      for (const one of actor.lines) {
        console.log(`${this.number} ${actor.name} ${typeof one === "string" ? one : line(one.label, [Buffer.from(one.data, "latin1")])}`);
      }
    }
  }
}

process.on("uncaughtException", (err) => {
  const trace = raised.get(parseInt(err.message, 10));
  if (trace) return trace.log("raised", err);
  console.error(err);
  process.exit(1);
});

const programs = require(pathModule.resolve(process.argv[2])).map((one) => new Program(one));
const waiting = [...programs];
let playing = 0;

function more() {
  while (playing < AT_ONCE && waiting.length > 0) {
    playing += 1;
    waiting.shift().play(() => {
      playing -= 1;
      more();
    });
  }
  if (playing > 0) return;
  for (const one of programs) one.print();
  fs.rmSync(dir, { recursive: true, force: true });
  process.exit(0); // a timer may start itself again for ever
}

more();
