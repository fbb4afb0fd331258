// A cluster that serves connections, and children that send messages back: argv = what, and its arguments.
// `serve rr|none WORKERS`: prints the port and the workers' numbers. `echo json|advanced COUNT`: prints how many ns of
// processor time a message has cost here and in the child. `online`: the ms from fork to online.
"use strict";
const cluster = require("cluster");
const childProcess = require("child_process");
const fs = require("fs");
const net = require("net");

const [what, first, second] = process.argv.slice(2);

function spent(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
}

const TEXT = { id: 1, text: "hello world", list: [1, 2, 3], nested: { a: true, b: "x" } };

const runs = {
  serve() {
    cluster.schedulingPolicy = first === "rr" ? cluster.SCHED_RR : cluster.SCHED_NONE;
    if (cluster.isWorker) {
      net.createServer((socket) => {
        socket.on("data", (data) => socket.end(data));
      }).listen(0, "127.0.0.1", 4096);
      return;
    }
    const pids = [];
    cluster.on("listening", (worker, address) => {
      pids.push(worker.process.pid);
      if (pids.length === Number(second)) console.log([address.port, process.pid, ...pids].join(" "));
    });
    for (let i = 0; i < Number(second); i += 1) cluster.fork();
  },
  echo() {
    if (process.connected) {
      process.on("message", (message) => process.send(message));
      return;
    }
    const count = Number(second);
    const warm = count / 10;
    const child = childProcess.fork(__filename, ["echo"], { serialization: first });
    let got = 0;
    let before;
    child.on("message", () => {
      got += 1;
      if (got === warm) before = spent(process.pid) + spent(child.pid);
      if (got < count + warm) return child.send(TEXT);
      console.log((spent(process.pid) + spent(child.pid) - before) / count / 2);
      child.disconnect();
    });
    child.send(TEXT);
  },
  online() {
    if (cluster.isWorker) return;
    const begun = process.hrtime.bigint();
    const worker = cluster.fork();
    worker.on("online", () => {
      console.log(Number(process.hrtime.bigint() - begun) / 1e6);
      worker.process.kill();
    });
  },
};

runs[what]();
