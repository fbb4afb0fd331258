--- What the two sides of a stream have in common: where their state lives, and their high-water marks.
--
-- A stream's readable side lives in `stream._rs`, its writable side in `stream._ws`. Both tables are sparse: a field
-- that has its default is absent, and a table comes into being when a field is first needed. So a stream that nobody
-- touched has neither, and a default that is not nil or false is told by absence: no `highWaterMark` means the usual
-- one, no `length` means 0, `noAutoDestroy` and `noEmitClose` stand for options that are on by default.
--
-- Floor 3.

local errors = require("uvnet.errors")

local BYTES, OBJECTS = 65536, 16

local state = {
  --- Stands for the state of a side that does not exist or has not been touched. Never written to.
  NONE = setmetatable({}, { __newindex = function() error("the state of no stream", 2) end }),
}

local NONE = state.NONE
local default_bytes, default_objects = BYTES, OBJECTS

--- The readable side's state, to look at only. A class whose streams have no tables of their own until somebody changes
-- something has a `_peekState`.
function state.peek_readable(stream)
  if not stream._isReadable then return NONE end
  local side = rawget(stream, "_rs")
  if side then return side end
  return stream._peekState and stream:_peekState().readable or NONE
end

--- The writable side's state, to look at only.
function state.peek_writable(stream)
  if not stream._isWritable then return NONE end
  local side = rawget(stream, "_ws")
  if side then return side end
  return stream._peekState and stream:_peekState().writable or NONE
end

--- How much a side holds before it asks to wait.
function state.high_water(side) return side.highWaterMark or (side.objectMode and OBJECTS or BYTES) end

local function is_count(value)
  return type(value) == "number" and value >= 0 and value < math.huge and value % 1 == 0
end

--- The high-water mark that options ask for, nil where the usual one will do.
-- @tparam table options
-- @tparam[opt] string own for a duplex, the option of this side alone
-- @tparam boolean object_mode
-- @treturn ?integer
-- @raise ERR_INVALID_ARG_VALUE
function state.wanted_high_water(options, own, object_mode)
  local wanted = options.highWaterMark
  if wanted == nil and own then wanted = options[own] end
  if wanted == nil then
    local default = object_mode and default_objects or default_bytes
    if default ~= (object_mode and OBJECTS or BYTES) then return default end
    return nil
  end
  if not is_count(wanted) then
    errors.throw("ERR_INVALID_ARG_VALUE", "options." .. (own or "highWaterMark"), wanted)
  end
  return math.floor(wanted)
end

--- Have the usual high-water marks been changed, so that even a stream without options has to note its own?
function state.defaults_changed() return default_bytes ~= BYTES or default_objects ~= OBJECTS end

--- How much a stream made from now on holds before it asks to wait.
-- @tparam[opt] boolean object_mode of a stream of objects; otherwise in bytes
-- @treturn integer
function state.getDefaultHighWaterMark(object_mode) return object_mode and default_objects or default_bytes end

--- Sets how much a stream made from now on holds before it asks to wait.
-- @tparam boolean object_mode of streams of objects; otherwise in bytes
-- @tparam integer value
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function state.setDefaultHighWaterMark(object_mode, value)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "value", "number", value) end
  if value % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", "value", "an integer", value) end
  if not is_count(value) or value > 2 ^ 53 - 1 then
    errors.throw("ERR_OUT_OF_RANGE", "value", ">= 0 && <= 9007199254740991", value)
  end
  if object_mode then
    default_objects = math.floor(value)
  else
    default_bytes = math.floor(value)
  end
end

--- Notes the options that both sides take.
-- @tparam table side the state of one side
-- @tparam table options
-- @tparam ?string own for a duplex, the option that holds this side's high-water mark
-- @tparam ?boolean object_mode
function state.configure(side, options, own, object_mode)
  if options.objectMode or object_mode then side.objectMode = true end
  side.highWaterMark = state.wanted_high_water(options, own, side.objectMode)
  if options.emitClose == false then side.noEmitClose = true end
  if options.autoDestroy == false then side.noAutoDestroy = true end
end

-- What a side of a stream that was destroyed keeps when it is used again: its settings, and who listens and is piped
-- to.
local KEPT = {}
for _, name in ipairs({
  "highWaterMark", "objectMode", "decodeStrings", "defaultEncoding", "noEmitClose", "noAutoDestroy", "decoder",
  "encoding", "flowing", "paused", "dataListening", "readableListening", "pipes", "awaitDrain", "manyAwaitDrain",
  "dataEmitted", "corked",
}) do
  KEPT[name] = true
end

--- The state of a side that begins anew. It is a new table: what is still under way has hold of the old one.
-- @tparam ?table side
-- @treturn ?table
function state.renewed(side)
  if not side then return nil end
  local _ = side.length -- who asks ends that a chunk is held (see base/framing.lua)
  local new = {}
  for name, value in pairs(side) do
    if KEPT[name] then new[name] = value end
  end
  return new
end

return state
