local prelude = require("prelude")
local log, net = prelude.log, prelude.net

for _, text in ipairs({
  "127.0.0.1",
  "0.0.0.0",
  "255.255.255.255",
  "256.0.0.1",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "1.2.3.04",
  "1.2.3.4 ",
  " 1.2.3.4",
  "1.2.3.",
  ".1.2.3",
  "1..2.3",
  "",
  "a.b.c.d",
  "1.2.3.4:80",
  "1.2.3.4/8",
  "0x7f.0.0.1",
  "-1.2.3.4",
  "1.2.3.4\n",
  "00.0.0.0",
  "1.2.3.256",
  "192.168.1.001",
}) do
  log("is", text, net.isIP(text), net.isIPv4(text), net.isIPv6(text))
end
