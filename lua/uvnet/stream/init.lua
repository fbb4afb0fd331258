--- Node's streams, as they are in version 26.
--
-- What not everybody uses is loaded when it is first asked for.
--
-- Floor 3.

local require = require -- a host may take it away after us

local state = require("uvnet.stream.state")

local stream = {
  Readable = require("uvnet.stream.readable"),
  Writable = require("uvnet.stream.writable"),
  Duplex = require("uvnet.stream.duplex"),
  getDefaultHighWaterMark = state.getDefaultHighWaterMark,
  setDefaultHighWaterMark = state.setDefaultHighWaterMark,
}

-- Field -> module, and the field in it; without that it is the module.
local LAZY = {
  PassThrough = { "uvnet.stream.transform", "PassThrough" },
  Stream = { "uvnet.stream.legacy" },
  Transform = { "uvnet.stream.transform", "Transform" },
  addAbortSignal = { "uvnet.stream.signal", "addAbortSignal" },
  compose = { "uvnet.stream.make", "compose" },
  destroy = { "uvnet.stream.joined", "destroy" },
  duplexPair = { "uvnet.stream.pair" },
  finished = { "uvnet.stream.finished" },
  isDestroyed = { "uvnet.stream.kind", "is_destroyed" },
  isDisturbed = { "uvnet.stream.kind", "is_disturbed" },
  isErrored = { "uvnet.stream.kind", "is_errored" },
  isReadable = { "uvnet.stream.kind", "is_readable" },
  isWritable = { "uvnet.stream.kind", "is_writable" },
  pipeline = { "uvnet.stream.pipeline" },
}

return setmetatable(stream, {
  lazy = LAZY,
  __index = function(_, name)
    local place = LAZY[name]
    if not place then return nil end
    local value = require(place[1])
    if place[2] then value = value[place[2]] end
    stream[name] = value
    return value
  end,
})
