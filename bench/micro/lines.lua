-- What one line of many costs that came in one go, counted by bench/check.
-- usage: lua bench/micro/lines.lua readline|lines|frames COUNT

local net = require("net")

local what, count = arg[1], tonumber(arg[2])
local LINE = ("x"):rep(63) .. "\n"
local CHUNK = LINE:rep(1024)

local left = math.ceil(count / 1024)
local stream = net.stream.Readable({
  read = function(self)
    left = left - 1
    self:push(left >= 0 and CHUNK or nil)
  end,
})

local got = 0
if what == "readline" then
  while stream:readLine() do
    got = got + 1
  end
elseif what == "lines" then
  for _ in stream:lines() do
    got = got + 1
  end
elseif what == "frames" then
  stream:frames("line", function() got = got + 1 end)
  net.run()
end
assert(got >= count)
