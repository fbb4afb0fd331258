const { PassThrough, actor, finished, newError } = require("../prelude");

const follow = (name, act) => {
  const one = new PassThrough();
  const note = actor(name);
  finished(one, (err) => note("finished", err));
  act(one);
};
follow("ended and read", (one) => {
  one.resume();
  one.end();
});
follow("destroyed", (one) => one.destroy());
follow("destroyed with an error", (one) => {
  one.on("error", () => {});
  one.destroy(newError("broken"));
});
