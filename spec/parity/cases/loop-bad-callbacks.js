const { bad, nextTick, setImmediate, setInterval, setTimeout } = require("../prelude");

bad("setTimeout()", () => setTimeout());
bad("setTimeout(5)", () => setTimeout(5));
bad("setInterval(\"x\")", () => setInterval("x", 5));
bad("setImmediate()", () => setImmediate());
bad("setImmediate(true)", () => setImmediate(true));
bad("nextTick()", () => nextTick());
bad("nextTick(1)", () => nextTick(1));
