local prelude = require("prelude")
local Transform, later, log = prelude.Transform, prelude.later, prelude.log

local slow = Transform({
  readableHighWaterMark = 2,
  writableHighWaterMark = 2,
  transform = function(_, chunk, _, callback)
    log("transform", chunk)
    callback(nil, chunk)
  end,
})
for _, text in ipairs({ "a", "b", "c", "d", "e" }) do log("write", slow:write(text)) end
slow:on("drain", function() log("drain") end)
log("lengths", slow.readableLength, slow.writableLength)
later(function()
  log("read", slow:read())
  later(function()
    log("lengths", slow.readableLength, slow.writableLength)
    slow:resume()
    slow:finish()
    slow:on("end", function() log("end") end)
  end)
end)
