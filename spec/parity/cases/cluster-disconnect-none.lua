local prelude = require("prelude")
local cluster, log = prelude.cluster, prelude.log

cluster.disconnect(function() log("called back") end)
log("later")
