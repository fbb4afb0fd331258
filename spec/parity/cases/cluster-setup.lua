local prelude = require("prelude")
local cluster, log = prelude.cluster, prelude.log

cluster:on("setup", function(settings) log("setup", settings.exec, settings.silent, settings.args) end)
local function show(label) log(label, cluster.settings.exec, cluster.settings.silent, cluster.settings.args) end
cluster.setupPrimary({ exec = "one", args = { "a" } })
show("first")
cluster.setupPrimary({ silent = true })
show("second")
cluster.setupMaster({ exec = "two", args = { "b", "c" } })
show("third")
cluster.setupPrimary()
show("fourth")
