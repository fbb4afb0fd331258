local prelude = require("prelude")
local actor, later, net, pair, steps = prelude.actor, prelude.later, prelude.net, prelude.pair, prelude.steps

-- A method that the class gets is called from then on, by the sockets that are there already, too.
local NAMES = { "write", "_write", "emit", "push", "read", "_read", "_destroy", "destroy", "finish", "_final" }

local function play(name, kind, done)
  pair({}, function(client, peer)
    local add = actor(name .. " " .. kind)
    local old = net.Socket[name]
    if kind == "pipe" then
      peer:pipe(peer)
    else
      peer:on("data", function(data) peer:write(data) end)
    end
    client:on("data", function() end)
    peer:on("close", function()
      later(function()
        net.Socket[name] = old
        done()
      end)
    end)
    steps({
      function() client:write("one") end,
      function() client:write("two") end,
      function()
        net.Socket[name] = function(self, first, ...)
          if self == peer then add("called", type(first) == "string" and first or nil) end
          return old(self, first, ...)
        end
        client:write("three")
      end,
      function() client:write("four") end,
      function() client:finish() end,
    })
  end)
end

local plays = {}
for _, kind in ipairs({ "data", "pipe" }) do
  for _, name in ipairs(NAMES) do
    plays[#plays + 1] = { name, kind }
  end
end

local function next_one()
  local one = table.remove(plays, 1)
  if one then play(one[1], one[2], next_one) end
end
next_one()
