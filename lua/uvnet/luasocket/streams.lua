--- LuaSocket's sinks and sources of LTN12: `sink`, `source`, `choose`. Modules of LuaSocket's add to `sinkt` and
-- `sourcet`.
--
-- Floor 14.

local min = math.min

local streams = {}

-- A function that can be selected.
local function callable(object, call)
  return setmetatable({
    getfd = function() return object:getfd() end,
    dirty = function() return object:dirty() end,
  }, { __call = call })
end

local sinks, sources = {}, {}

sinks["close-when-done"] = function(object)
  return callable(object, function(_, chunk)
    if chunk then return object:send(chunk) end
    object:close()
    return 1
  end)
end

sinks["keep-open"] = function(object)
  return callable(object, function(_, chunk)
    if chunk then return object:send(chunk) end
    return 1
  end)
end

local function by_length(block_size)
  return function(object, length)
    return callable(object, function()
      if length <= 0 then return nil end
      local chunk, reason = object:receive(min(block_size(), length))
      if reason then return nil, reason end
      length = length - #chunk
      return chunk
    end)
  end
end

local function until_closed(block_size)
  return function(object)
    local done = false
    return callable(object, function()
      if done then return nil end
      local chunk, reason, partial = object:receive(block_size())
      if not reason then return chunk end
      if reason ~= "closed" then return nil, reason end
      object:close()
      done = true
      return partial
    end)
  end
end

--- Makes a function that chooses one of a table of functions by name.
-- @tparam table choices
-- @treturn function `(name, ...)`; without a name it takes "default"
function streams.choose(choices)
  return function(name, first, second)
    if type(name) ~= "string" then
      name, first, second = "default", name, first
    end
    local choice = choices[name]
    if not choice then error(("unknown key (%s)"):format(name), 3) end
    return choice(first, second)
  end
end

--- Adds them to the module, whose BLOCKSIZE they use.
function streams.add_to(module)
  local function block_size() return module.BLOCKSIZE end
  sources["by-length"], sources["until-closed"] = by_length(block_size), until_closed(block_size)
  sinks.default, sources.default = sinks["keep-open"], sources["until-closed"]
  module.choose, module.sinkt, module.sourcet = streams.choose, sinks, sources
  module.sink, module.source = streams.choose(sinks), streams.choose(sources)
end

return streams
