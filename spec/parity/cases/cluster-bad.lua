local prelude = require("prelude")
local bad, cluster = prelude.bad, prelude.cluster

bad("serialization", function()
  cluster.setupPrimary({ exec = "x", serialization = "other" })
  cluster.fork()
end)
