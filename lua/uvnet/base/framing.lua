--- Where in a string a message ends: the search is done in C.
--
-- Floor 1.

local core = require("uvnet.core")

return {
  --- Cuts a message out of one chunk: `cut(chunk, offset, limit[, delimiter])`; without a delimiter a line.
  -- @treturn ?string|boolean the message; nil if it does not end in the chunk; false if it is longer than the limit
  -- @treturn integer the offset behind the delimiter; with nil, how much of a delimiter the chunk ends with
  cut = core.cut,
  --- Cuts many lines at once: `cut_ahead(chunk, offset, limit, list, most)`. In the list come a line and the offset
  -- behind it, and so on; what ends the chunk is not among them.
  -- @treturn integer how many places of the list are used
  cut_ahead = core.cut_ahead,
  --- Finds the end of a delimiter in the next chunk: `find(chunk, delimiter, matched)`.
  -- @treturn ?integer how many bytes of the chunk end with it; nil if it does not end here
  -- @treturn integer with nil, how many bytes of it have come by now
  find = core.find,
}
