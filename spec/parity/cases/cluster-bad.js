const { bad, cluster } = require("../prelude");

bad("serialization", () => {
  cluster.setupPrimary({ exec: "x", serialization: "other" });
  cluster.fork();
});
