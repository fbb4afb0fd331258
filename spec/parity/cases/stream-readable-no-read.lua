local prelude = require("prelude")
local Readable, watch = prelude.Readable, prelude.watch

local source = Readable()
local note = watch(source, "source", { "close", "error" })
note("read", source:read())
