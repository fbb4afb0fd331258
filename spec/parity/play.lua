-- lua spec/parity/play.lua CASE.lua: plays one case and prints its trace.
local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path
require("prelude").play(arg[1])
