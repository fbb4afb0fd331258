--- What a socket has to do once its connection stands.
--
-- Floor 7.

local waiting = {}

--- Does something once the connection stands: in its turn among the listeners for `connect`, but whatever those raise.
function waiting.when_connected(self, action, argument)
  local done = false
  local function act()
    if done then return end
    done = true
    action(self, argument)
  end
  self:once("connect", act)
  local deferred = rawget(self, "_deferred") or {}
  self._deferred = deferred
  deferred[#deferred + 1] = act
  return act
end

--- The connection stands: does what is left of it.
function waiting.act_deferred(self)
  local deferred = rawget(self, "_deferred")
  self._deferred = nil
  for i = 1, deferred and #deferred or 0 do
    self:removeListener("connect", deferred[i])
    deferred[i]()
  end
end

--- The connection will not stand: nothing waits for it any more, lest it happen to the next one.
function waiting.forget(self)
  local deferred = rawget(self, "_deferred")
  self._deferred = nil
  for i = 1, deferred and #deferred or 0 do
    self:removeListener("connect", deferred[i])
  end
end

return waiting
