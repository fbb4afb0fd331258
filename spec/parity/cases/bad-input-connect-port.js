const { bad, net } = require("../prelude");

const to = (port) => () => net.connect({ port, host: "127.0.0.1" });
bad("65536", to(65536));
bad("-1", to(-1));
bad("1.5", to(1.5));
bad("100000", to(100000));
bad("NaN", to(NaN));
bad("Infinity", to(Infinity));
bad("empty", to(""));
bad("a word", to("port"));
bad("digits and more", to("80x"));
bad("negative digits", to("-1"));
bad("too many digits", to("65536"));
bad("true", to(true));
bad("a table", to({}));
bad("a function", to(() => {}));
