local prelude = require("prelude")
local Readable, log = prelude.Readable, prelude.log

-- read(n) across chunks after setEncoding gives n, no more.
local source = Readable({ read = function() end })
source:setEncoding("utf8")
source:push("abc")
source:push("defgh")
source:push("ij")
log("read(4)", source:read(4))
log("read(4)", source:read(4))
log("read(4)", source:read(4))
log("read()", source:read())
