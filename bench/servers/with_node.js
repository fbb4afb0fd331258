// The servers in Node.js: argv = mode, port[, back end's port].
"use strict";
const net = require("net");
const readline = require("readline");

const [mode, port, backend] = process.argv.slice(2);
const chunk = Buffer.alloc(65536, Buffer.from(Array.from({ length: 65536 }, (_, i) => i % 251)));

const echo = (s, write) => s.on("data", write);
const slices = (d) => Array.from({ length: 16 }, (_, i) => d.subarray((i * d.length) >> 4, ((i + 1) * d.length) >> 4));
const noop = () => {};

const modes = {
  echo: (s) => echo(s, (d) => s.write(d)),
  pipe: (s) => s.pipe(s),
  sink(s) {
    let counted = 0;
    s.on("data", (d) => { counted += d.length; });
    s.on("end", () => s.end(String(counted)));
  },
  lines(s) {
    let counted = 0;
    const lines = readline.createInterface({ input: s, crlfDelay: Infinity });
    lines.on("line", (line) => { counted += line.length + 1; });
    lines.on("close", () => s.end(String(counted)));
  },
  source(s) {
    let stopping = false;
    const pour = () => {
      while (!stopping && s.write(chunk));
      if (stopping) s.end();
    };
    s.on("drain", pour);
    s.on("data", () => { stopping = true; });
    pour();
  },
  proxy(s) {
    const other = net.connect(Number(backend), "127.0.0.1");
    other.on("error", () => s.destroy());
    s.on("error", () => other.destroy());
    s.pipe(other);
    other.pipe(s);
  },
  big: (s) => s.end(Buffer.alloc(64 * 1024 * 1024, chunk)),
  timeout(s) {
    s.setTimeout(60000);
    echo(s, (d) => s.write(d));
  },
  shorttimeout(s) {
    s.setTimeout(2000, noop);
    echo(s, (d) => s.write(d));
  },
  callback: (s) => echo(s, (d) => s.write(d, noop)),
  utf8(s) {
    s.setEncoding("utf8");
    echo(s, (d) => s.write(d));
  },
  list: (s) => echo(s, (d) => {
    s.cork();
    for (const part of slices(d)) s.write(part);
    s.uncork();
  }),
  many: (s) => echo(s, (d) => {
    for (const part of slices(d)) s.write(part);
  }),
};

const serve = modes[mode];
const server = net.createServer({ allowHalfOpen: mode === "sink" || mode === "source" }, (s) => {
  s.on("error", noop);
  serve(s);
});
server.listen(Number(port), "127.0.0.1", () => console.log(`ready ${server.address().port}`));
