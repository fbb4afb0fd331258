local prelude = require("prelude")
local Error, Readable, watch = prelude.Error, prelude.Readable, prelude.watch

local source = Readable({ read = function() error(Error("in _read"), 0) end })
local note = watch(source, "source", { "close", "error", "end" })
source:resume()
note("resumed")
