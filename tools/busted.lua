-- Runs busted with whichever Lua runs this file.
-- A checker that ends the process at its exit takes buffered output with it.
io.stdout:setvbuf("line")
require("busted.runner")({ standalone = false })
