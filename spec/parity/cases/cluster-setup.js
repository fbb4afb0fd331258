const { cluster, log } = require("../prelude");

cluster.on("setup", (settings) => log("setup", settings.exec, settings.silent, settings.args));
const show = (label) => log(label, cluster.settings.exec, cluster.settings.silent, cluster.settings.args);
cluster.setupPrimary({ exec: "one", args: ["a"] });
show("first");
cluster.setupPrimary({ silent: true });
show("second");
cluster.setupMaster({ exec: "two", args: ["b", "c"] });
show("third");
cluster.setupPrimary();
show("fourth");
