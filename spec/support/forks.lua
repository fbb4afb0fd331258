--- Children with a channel, for specs: scripts that are written when they are needed, and all ended afterwards.

local child = require("spec.support.child")
local net = require("uvnet")

local forks = { root = child.root }

local running, files = {}, {}

-- The search paths of this Lua, good in any directory.
local function absolute(paths)
  local list = {}
  for path in paths:gmatch("[^;]+") do
    list[#list + 1] = (path:find("^/") or path:find("^%a:")) and path or child.root .. "/" .. path
  end
  return table.concat(list, ";")
end

--- What a Lua child needs of the environment, besides `more`.
function forks.env(more)
  local env = { PATH = os.getenv("PATH"), HOME = os.getenv("HOME"), UVNET_LUA = os.getenv("UVNET_LUA") }
  for _, name in ipairs({ "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH", "SystemRoot" }) do
    env[name] = os.getenv(name)
  end
  env.LUA_PATH, env.LUA_CPATH = absolute(package.path), absolute(package.cpath)
  for key, value in pairs(more or {}) do
    env[key] = value
  end
  return env
end

--- The interpreter that runs the specs.
function forks.lua()
  local named = os.getenv("UVNET_LUA")
  if named and named ~= "" then
    if not named:find("[/\\]") then
      local pipe = io.popen("command -v " .. named)
      named = pipe:read("*l")
      pipe:close()
    end
    return named
  end
  return net.process.execPath
end

--- A script in a file that goes at the end of the spec.
function forks.script(text, ending)
  local path = os.tmpname()
  files[#files + 1] = path
  if ending then
    path = path .. ending
    files[#files + 1] = path
  end
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

--- Remembers a child, so that it is ended.
function forks.keep(one)
  running[#running + 1] = one
  return one
end

--- Forks a Lua program, given as text.
function forks.fork(text, args, options)
  options = options or {}
  options.env = forks.env(options.env)
  options.execPath = options.execPath or forks.lua()
  options.execArgv = options.execArgv or {}
  return forks.keep(net.child_process.fork(forks.script(text), args or {}, options))
end

--- The Nodes that are here: names and programs.
forks.nodes = {}
local NODE_26 = os.getenv("UVNET_NODE26") or child.root .. "/build/node26/bin/node"
for _, one in ipairs({ { "node", "node" }, { "node 26", NODE_26 } }) do
  if child.has(one[2]) then forks.nodes[#forks.nodes + 1] = { name = one[1], path = one[2] } end
end

--- Forks a program for Node.
function forks.node(program, text, args, options)
  options = options or {}
  options.execPath, options.execArgv = program, {}
  return forks.keep(net.child_process.fork(forks.script(text, ".js"), args or {}, options))
end

--- Runs the loop until a condition is true, or fails.
function forks.wait(condition, what, ms)
  if not child.poll(condition, ms or 20000) then error("not within the time: " .. (what or "condition"), 2) end
end

--- A list to which each event's name and arguments are added.
function forks.record(emitter, events)
  local list = {}
  for _, event in ipairs(events) do
    emitter:on(event, function(...)
      local words = { event }
      for i = 1, select("#", ...) do
        words[#words + 1] = tostring((select(i, ...)))
      end
      list[#list + 1] = table.concat(words, " ")
    end)
  end
  return list
end

--- Has a child ended, its streams and its channel included?
function forks.isOver(one) return rawget(one, "_process") == nil and not one.connected end

--- Ends all that run, and removes the scripts.
function forks.cleanup()
  for _, one in ipairs(running) do
    if rawget(one, "_process") then
      one:removeAllListeners("error")
      one:on("error", function() end)
      one:kill("SIGKILL")
    end
  end
  child.poll(function()
    for _, one in ipairs(running) do
      if not forks.isOver(one) then return false end
    end
    return true
  end, 5000)
  running = {}
  for _, path in ipairs(files) do
    os.remove(path)
  end
  files = {}
end

return forks
