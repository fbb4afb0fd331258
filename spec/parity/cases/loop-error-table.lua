local prelude = require("prelude")
local newError, setImmediate = prelude.newError, prelude.setImmediate

-- The error comes out as it is, with its own fields.
local err = newError("my own")
err.code = "EOWN"
setImmediate(function() error(err, 0) end)
