local Readable = require("uvnet.stream").Readable

--- A Readable that gives these chunks, one at each read.
return function(...)
  local chunks, at = { ... }, 0
  return Readable({
    read = function(self)
      at = at + 1
      self:push(chunks[at])
    end,
  })
end
