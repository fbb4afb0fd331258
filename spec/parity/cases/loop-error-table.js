const { newError, setImmediate } = require("../prelude");

// The error comes out as it is, with its own fields.
const err = newError("my own");
err.code = "EOWN";
setImmediate(() => {
  throw err;
});
