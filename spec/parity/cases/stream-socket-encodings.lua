local prelude = require("prelude")
local bytes, later, pair, watch = prelude.bytes, prelude.later, prelude.pair, prelude.watch

for _, encoding in ipairs({ "hex", "base64", "latin1", "utf16le", "ascii" }) do
  pair({}, function(client, peer)
    watch(client, encoding, { "data", "end" })
    peer:resume()
    client:setEncoding(encoding)
    peer:write(bytes(255))
    later(function()
      peer:write(bytes(0, 65, 66))
      later(function() peer:finish(bytes(67)) end, 10)
    end, 10)
  end)
end
