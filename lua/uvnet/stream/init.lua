--- Node's streams, as they are in version 20.
--
-- Floor 3.

local state = require("uvnet.stream.state")
local transform = require("uvnet.stream.transform")

return {
  Readable = require("uvnet.stream.readable"),
  Writable = require("uvnet.stream.writable"),
  Duplex = require("uvnet.stream.duplex"),
  Transform = transform.Transform,
  PassThrough = transform.PassThrough,
  pipeline = require("uvnet.stream.pipeline"),
  finished = require("uvnet.stream.finished"),
  getDefaultHighWaterMark = state.getDefaultHighWaterMark,
  setDefaultHighWaterMark = state.setDefaultHighWaterMark,
}
