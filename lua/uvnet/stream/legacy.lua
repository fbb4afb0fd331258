--- Stream: what streams were before they had sides. An emitter with a `pipe`, for those who emit `data`, `end` and
-- `close` by themselves.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")
local PIPE_OPTIONS = require("uvnet.stream.pipe").OPTIONS
local strict = require("uvnet.base.strict")

local Stream = EventEmitter:extend("Stream")

--- Writes each chunk that is emitted as `data` into a Writable, and ends it at `end`.
-- @param dest
-- @tparam[opt] table options `["end"] = false`: the destination is not ended
-- @return dest
function Stream:pipe(dest, options)
  strict.check(options, PIPE_OPTIONS)
  local source, over = self, false

  local function on_data(chunk)
    if dest.writable and dest:write(chunk) == false and source.pause then source:pause() end
  end

  local function on_drain()
    if source.readable and source.resume then source:resume() end
  end

  local function on_end()
    if over then return end
    over = true
    dest:finish()
  end

  local function on_close()
    if over then return end
    over = true
    if type(dest.destroy) == "function" then dest:destroy() end
  end

  local added = {} -- listeners: whose, of which event, which

  local function listen(emitter, event, listener, add)
    added[#added + 1] = { emitter, event, listener };
    (add or emitter.on)(emitter, event, listener)
  end

  local function cleanup()
    for _, one in ipairs(added) do
      one[1]:removeListener(one[2], one[3])
    end
  end

  -- An error that nobody else listens for is not to be hidden by us.
  local function on_error_of(emitter)
    return function(err)
      cleanup()
      if emitter:listenerCount("error") == 0 then emitter:emit("error", err) end
    end
  end

  listen(source, "data", on_data)
  listen(dest, "drain", on_drain)
  if not options or options["end"] ~= false then
    listen(source, "end", on_end)
    listen(source, "close", on_close)
  end
  listen(source, "error", on_error_of(source), source.prependListener)
  listen(dest, "error", on_error_of(dest), dest.prependListener)
  listen(source, "end", cleanup)
  listen(source, "close", cleanup)
  listen(dest, "close", cleanup)
  dest:emit("pipe", source)
  return dest
end

return Stream
