--- Helpers for specs of programs that use the network: with busted, or any runner that calls functions and catches what
-- they raise.
--
--     local net, testing = require("net"), require("uvnet.testing")
--
--     describe("my service", function()
--       testing.leakCheck(before_each, after_each)
--
--       it("answers", testing.async(function(done)
--         local server = net.createServer(my_service):listen(testing.freePort())
--         local client = net.connect(server:address().port)
--         client:on("data", function(data)
--           assert.equal("hello", data)
--           client:destroy()
--           server:close(done)
--         end)
--       end))
--     end)
--
-- Every wait has a time limit, and what is raised in a callback fails the test.
--
-- Floor 15.

local collecting = require("uvnet.testing.collecting")
local leaks = require("uvnet.testing.leaks")
local peers = require("uvnet.testing.peers")
local testing = require("uvnet.testing.public")
local waiting = require("uvnet.testing.waiting")

testing.async, testing.wait, testing.run = waiting.async, waiting.wait, waiting.run
testing.task = waiting.task
testing.collect = collecting.collect
testing.pair, testing.freePort, testing.tmpPath = peers.pair, peers.freePort, peers.tmpPath
testing.track, testing.untrack = leaks.track, leaks.untrack
testing.check, testing.leakCheck = leaks.check, leaks.leakCheck

require("uvnet.base.kept").keep("uvnet.testing", testing)
return testing
