local prelude = require("prelude")
local actor, pair, steps = prelude.actor, prelude.pair, prelude.steps

-- A method that an instance gets of its own is called from then on, whatever has been read and written before.
local NAMES = {
  "read", "resume", "pause", "_read", "push", "unshift", "on", "emit", "destroy", "_destroy", "destroySoon", "finish",
  "_final", "write", "_write", "_writev", "cork", "uncork", "setTimeout", "removeListener", "isPaused",
  "listenerCount", "once", "addListener",
}

local function play(name, moment, kind)
  pair({}, function(client, peer)
    local add = actor(name .. " " .. moment .. " " .. kind)
    local function override()
      local old = peer[name]
      peer[name] = function(self, first, ...)
        add("called", type(first) == "string" and first or nil)
        return old(self, first, ...)
      end
    end
    local callback = kind == "callback" and function() end or nil
    if moment == "before" then override() end
    if kind == "pipe" then
      peer:pipe(peer)
    else
      peer:on("data", function(data) peer:write(data, callback) end)
    end
    peer:on("close", function() add("closed") end)
    client:resume()
    steps({
      function() client:write("one") end,
      function() client:write("two") end,
      function()
        if moment == "mid" then override() end
        client:write("three")
      end,
      function()
        if moment == "end" then override() end
        client:finish()
      end,
    })
  end)
end

for _, name in ipairs(NAMES) do
  for _, moment in ipairs({ "before", "mid", "end" }) do
    for _, kind in ipairs({ "data", "pipe", "callback" }) do
      play(name, moment, kind)
    end
  end
end
