local prelude = require("prelude")
local Duplex, log = prelude.Duplex, prelude.log

local readOnly = Duplex({ writable = false, read = function() end })
log("read only", readOnly.readable, readOnly.writable)
local writeOnly = Duplex({ readable = false, write = function() end })
log("write only", writeOnly.readable, writeOnly.writable)
local marks = Duplex({ readableHighWaterMark = 5, writableHighWaterMark = 7, writableObjectMode = true })
log("marks", marks.readableHighWaterMark, marks.writableHighWaterMark)
log("modes", marks.readableObjectMode, marks.writableObjectMode)
