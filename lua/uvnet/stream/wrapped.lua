--- Readables of what only emits: `readable:wrap(stream)`.
--
-- Floor 3.

local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local kind = require("uvnet.stream.kind")

local wrapped = {}

--- Has a Readable read what an emitter of `data` and `end` gives; the emitter's `pause` and `resume` are called, if it
-- has them. Functions of the emitter that the Readable has not can be called on it, too.
-- @param readable
-- @param source
-- @return the readable
-- @raise ERR_INVALID_ARG_TYPE
function wrapped.wrap(readable, source)
  if type(source) ~= "table" or not is_callable(source.on) then
    errors.throw("ERR_INVALID_ARG_TYPE", "stream", "Stream", source)
  end
  local paused, over = false, false
  local function destroy() readable:destroy() end
  source:on("data", function(chunk)
    if over or readable.destroyed then return end
    if not readable:push(chunk) and is_callable(source.pause) then
      paused = true
      source:pause()
    end
  end)
  source:on("end", function()
    if over then return end
    over = true
    readable:push(nil)
  end)
  source:on("error", function(err) destruction.error_or_destroy(readable, err) end)
  source:on("close", destroy)
  source:on("destroy", destroy)
  function readable._read()
    if paused and is_callable(source.resume) then
      paused = false
      source:resume()
    end
  end
  for name, method in next, source do
    if is_callable(method) and readable[name] == nil then
      rawset(readable, name, function(_, ...) return method(source, ...) end)
    end
  end
  return readable
end

--- A new Readable of an emitter, in object mode unless the emitter or the options say otherwise.
-- @param Readable the class
-- @param source
-- @tparam[opt] table options of Readable
-- @return the readable
-- @raise ERR_INVALID_ARG_TYPE
function wrapped.new(Readable, source, options)
  if type(source) ~= "table" or type(source.on) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "stream", "Stream", source)
  end
  local own = { objectMode = true }
  for _, name in ipairs({ "objectMode", "readableObjectMode" }) do
    if source[name] ~= nil then own.objectMode = source[name] end
  end
  for name, value in pairs(options or {}) do
    own[name] = value
  end
  function own.destroy(_, err, callback)
    kind.destroy(source, err)
    callback(err)
  end
  return wrapped.wrap(Readable(own), source)
end

return wrapped
