--- Where in a string a message ends: the search is done in C.
--
-- Floor 1.

local core = require("uvnet.core")

return {
  --- Cuts a message out of one chunk: `cut(chunk, offset, limit[, delimiter])`; without a delimiter a line.
  -- @treturn ?string|boolean the message; nil if it does not end in the chunk; false if it is longer than the limit
  -- @treturn integer the offset behind the delimiter; with nil, how much of a delimiter the chunk ends with
  cut = core.cut,
  --- Finds the end of a delimiter in the next chunk: `find(chunk, delimiter, matched)`.
  -- @treturn ?integer how many bytes of the chunk end with it; nil if it does not end here
  -- @treturn integer with nil, how many bytes of it have come by now
  find = core.find,
  --- Holds the first chunk of a stream, so that what follows takes small messages from it in one call: `hold(stream,
  -- state)`. Whoever looks at the state ends that.
  hold = core.hold,
  --- Take from the chunk that is held, if it is this stream's, and if the message is all there and does not end it:
  -- `next_line(stream, limit)`, `next_until(stream, delimiter, limit)`, `next_bytes(stream, n)`, `next_frame(stream,
  -- size, little, limit)`.
  -- @treturn ?string
  next_line = core.next_line,
  next_until = core.next_until,
  next_bytes = core.next_bytes,
  next_frame = core.next_frame,
}
