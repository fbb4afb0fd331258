const { Duplex, later, watch } = require("../prelude");

const make = (name, options) => {
  const both = new Duplex(options);
  both._read = () => {};
  const note = watch(both, name);
  note("half-open", both.allowHalfOpen);
  both.push(null);
  both.resume();
  later(() => {
    note("later", both.writable, both.writableEnded, both.destroyed);
    both.destroy();
  });
};
make("default", {});
make("not half-open", { allowHalfOpen: false });
