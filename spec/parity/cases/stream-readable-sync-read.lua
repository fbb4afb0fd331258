local prelude = require("prelude")
local Readable, log = prelude.Readable, prelude.log

-- _read that answers at once.
local number = 0
local source = Readable({
  highWaterMark = 3,
  read = function(self, n)
    number = number + 1
    log("read", n)
    self:push(number < 4 and "#" .. number or nil)
  end,
})
source:on("data", function(data) log("data", data) end)
source:on("end", function() log("end") end)
source:on("close", function() log("close") end)
