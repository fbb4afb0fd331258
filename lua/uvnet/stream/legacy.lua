--- Stream: what streams were before they had sides. An emitter with a `pipe`, for those who emit `data`, `end` and
-- `close` by themselves.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")

local Stream = EventEmitter:extend("Stream")

--- Writes each chunk that is emitted as `data` into a Writable, and ends it at `end`.
-- @param dest
-- @tparam[opt] table options `["end"] = false`: the destination is not ended
-- @return dest
function Stream:pipe(dest, options)
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

  local on_source_error, on_dest_error

  local function cleanup()
    source:removeListener("data", on_data)
    dest:removeListener("drain", on_drain)
    source:removeListener("end", on_end)
    source:removeListener("close", on_close)
    source:removeListener("error", on_source_error)
    dest:removeListener("error", on_dest_error)
    source:removeListener("end", cleanup)
    source:removeListener("close", cleanup)
    dest:removeListener("close", cleanup)
  end

  -- An error that nobody else listens for is not to be hidden by us.
  local function watcher_of(emitter)
    return function(err)
      cleanup()
      if emitter:listenerCount("error") == 0 then emitter:emit("error", err) end
    end
  end
  on_source_error, on_dest_error = watcher_of(source), watcher_of(dest)

  source:on("data", on_data)
  dest:on("drain", on_drain)
  if not options or options["end"] ~= false then
    source:on("end", on_end)
    source:on("close", on_close)
  end
  source:prependListener("error", on_source_error)
  dest:prependListener("error", on_dest_error)
  source:on("end", cleanup)
  source:on("close", cleanup)
  dest:on("close", cleanup)
  dest:emit("pipe", source)
  return dest
end

return Stream
