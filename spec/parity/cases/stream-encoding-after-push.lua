local prelude = require("prelude")
local Readable, bytes, log = prelude.Readable, prelude.bytes, prelude.log

-- What is buffered already is decoded, too.
local source = Readable({ read = function() end })
source:push(bytes(97, 226, 130))
source:push(bytes(172))
source:setEncoding("utf8")
log("read", source:read())
