const { attempt, log, net } = require("../prelude");

const lookup = () => {
  throw new Error("in lookup");
};
const result = attempt(() => net.connect({ port: 1, host: "some.host", lookup }));
log("result", result);
