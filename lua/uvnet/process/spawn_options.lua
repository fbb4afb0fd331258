--- What `spawn` may be called with, and what the core makes of it.
--
-- Floor 10.

local abort = require("uvnet.base.abort")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local signals = require("uvnet.process.signals")
local strict = require("uvnet.base.strict")
local transfer = require("uvnet.process.transfer")

local spawn_options = {}

--- What `spawn` takes.
spawn_options.KNOWN = strict.names([[
  cwd env argv0 stdio detached uid gid serialization maxMessage windowsHide windowsVerbatimArguments signal timeout
  killSignal shell
]])

local WINDOWS = core.platform() == "win32"

-- ---- checks ----

local function check_text(value, name, what)
  if type(value) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", name, "string", value) end
  if value:find("\0", 1, true) then
    errors.throw("ERR_INVALID_ARG_VALUE", name, value, "must be a string without null bytes")
  end
  if what and value == "" then errors.throw("ERR_INVALID_ARG_VALUE", name, value, what) end
  return value
end
spawn_options.checkText = check_text

local function check(options, field, kinds)
  local value = options[field]
  if value == nil then return nil end
  for _, kind in ipairs(kinds) do
    if type(value) == kind then return value end
  end
  return errors.throw("ERR_INVALID_ARG_TYPE", "options." .. field, kinds, value)
end

local function check_id(options, field)
  local value = check(options, field, { "number" })
  if value == nil then return nil end
  if value % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", "options." .. field, "an integer", value) end
  if value < -2147483648 or value > 2147483647 then
    errors.throw("ERR_OUT_OF_RANGE", "options." .. field, ">= -2147483648 && <= 2147483647", value)
  end
  return math.floor(value)
end

--- A time limit in ms, or nil.
function spawn_options.checkTimeout(value)
  if value == nil then return nil end
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "timeout", "number", value) end
  if not (value >= 0 and value % 1 == 0 and value <= 2 ^ 53) then
    errors.throw("ERR_OUT_OF_RANGE", "timeout", "an unsigned integer", value)
  end
  return value
end

-- ---- environment ----

--- A list of NAME=value: of a table of names and values, or of this process.
-- @tparam[opt] table env
-- @tparam[opt] table more names and values that come on top
function spawn_options.environment(env, more)
  local list = {}
  if env == nil then
    for _, pair in ipairs(core.environment()) do
      local name = pair:match("^(.[^=]*)=")
      if not more or not name or more[name] == nil then list[#list + 1] = pair end
    end
  else
    local names = {}
    for name in pairs(env) do
      if type(name) == "string" and not (more and more[name] ~= nil) then names[#names + 1] = name end
    end
    table.sort(names)
    for _, name in ipairs(names) do
      local value = env[name]
      if value ~= nil and value ~= false then
        check_text(name, ("options.env['%s']"):format(name))
        list[#list + 1] = name .. "=" .. check_text(tostring(value), ("options.env['%s']"):format(name))
      end
    end
  end
  for name, value in pairs(more or {}) do
    list[#list + 1] = name .. "=" .. value
  end
  return list
end

-- ---- standard streams ----

local WORDS = { pipe = true, ignore = true, inherit = true, overlapped = true }

--- The list that a word stands for.
function spawn_options.words(word, channel)
  if not WORDS[word] then errors.throw("ERR_INVALID_ARG_VALUE", "stdio", word) end
  local list = { word, word, word }
  if word == "inherit" then list = { 0, 1, 2 } end
  list[#list + 1] = channel
  return list
end

-- How many entries a list has, holes and all.
local function length(list)
  local last = 0
  for key in pairs(list) do
    if type(key) == "number" and key % 1 == 0 and key > last then last = key end
  end
  return last
end

local function close_pipes(entries)
  for _, entry in ipairs(entries) do
    if entry.handle and entry.kind ~= "wrap" then entry.handle:close() end
  end
end
spawn_options.closePipes = close_pipes

-- The stream's own handle, if it is one that a process can have.
local function handle_of(value)
  if type(value) == "userdata" then return value end
  if type(value) ~= "table" then return nil end
  local handle = value._handle or value.handle
  return type(handle) == "userdata" and handle or nil
end

local function new_pipe(entries, make)
  local handle, code, errno = make()
  if handle then return handle end
  close_pipes(entries)
  return error(errors.system("pipe", code, errno), 0)
end

-- A descriptor's number, if it is one.
local function descriptor(value)
  if type(value) == "number" and value % 1 == 0 and value >= 0 and value < 2 ^ 31 then return math.floor(value) end
end

local function entry_of(value, at, entries)
  if value == nil then value = at <= 3 and "pipe" or "ignore" end
  if value == "ignore" then return { kind = "ignore", core = false } end
  if value == "pipe" or value == "overlapped" or (type(value) == "number" and value < 0) then
    local handle = new_pipe(entries, core.pipe)
    return { kind = "pipe", handle = handle, core = { handle } }
  end
  if value == "ipc" then
    for _, entry in ipairs(entries) do
      if entry.kind == "ipc" then
        close_pipes(entries)
        errors.throw("ERR_IPC_ONE_PIPE")
      end
    end
    local handle = new_pipe(entries, transfer.new_channel)
    return { kind = "ipc", handle = handle, core = { handle } }
  end
  if value == "inherit" then return { kind = "inherit", core = at - 1 } end
  local fd = descriptor(value) or type(value) == "table" and descriptor(rawget(value, "fd"))
  if fd then return { kind = "fd", core = fd } end
  local handle = handle_of(value)
  if handle then return { kind = "wrap", handle = handle, core = handle, stream = value } end
  close_pipes(entries)
  return errors.throw("ERR_INVALID_ARG_VALUE", "stdio", value)
end

--- What each descriptor of the child is to be. Pipes are made: whoever gets the list closes them.
function spawn_options.stdio(stdio)
  if type(stdio) == "string" then stdio = spawn_options.words(stdio) end
  if type(stdio) ~= "table" then errors.throw("ERR_INVALID_ARG_VALUE", "stdio", stdio) end
  local entries = {}
  for i = 1, math.max(3, length(stdio)) do
    entries[i] = entry_of(stdio[i], i, entries)
  end
  return entries
end

-- ---- the whole ----

local function shell_of(shell)
  if type(shell) == "string" then return shell end
  if WINDOWS then return os.getenv("comspec") or "cmd.exe" end
  return "/bin/sh"
end

local function in_shell(result, file, args, shell)
  local command = table.concat({ file, (table.unpack or unpack)(args) }, " ") -- luacheck: ignore 143
  result.file = shell_of(shell)
  if WINDOWS and result.file:lower():find("cmd%.exe$") or WINDOWS and result.file:lower():find("^cmd$") then
    result.windowsVerbatimArguments = true
    return { "/d", "/s", "/c", '"' .. command .. '"' }
  end
  return { "-c", command }
end

--- Arguments and options, of which the first may be left out.
-- @raise ERR_INVALID_ARG_TYPE
function spawn_options.tellApart(args, options, expected)
  if args ~= nil and type(args) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "args", expected, args) end
  if args and options == nil and #args == 0 and next(args) ~= nil then
    args, options = nil, args
  end
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  return args, options
end

--- Checks and completes the arguments of `spawn(file[, args][, options])`.
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL
function spawn_options.normalize(file, args, options)
  check_text(file, "file", "cannot be empty")
  args, options = spawn_options.tellApart(args, options, "object")
  options = options or {}
  strict.check(options, spawn_options.KNOWN)
  local words = {}
  for i, word in ipairs(args or {}) do
    words[i] = check_text(type(word) == "number" and tostring(word) or word, ("args[%d]"):format(i))
  end
  local result = { file = file, uid = check_id(options, "uid"), gid = check_id(options, "gid") }
  local cwd = check(options, "cwd", { "string" })
  if cwd then result.cwd = check_text(cwd, "options.cwd") end
  for _, field in ipairs({ "detached", "windowsHide", "windowsVerbatimArguments" }) do
    result[field] = check(options, field, { "boolean" }) or nil
  end
  local shell, argv0 = check(options, "shell", { "boolean", "string" }), check(options, "argv0", { "string" })
  if argv0 then check_text(argv0, "options.argv0") end
  check(options, "env", { "table" })
  local longest = check(options, "maxMessage", { "number" })
  if longest and not (longest >= 0 and longest <= 2 ^ 53) then
    errors.throw("ERR_OUT_OF_RANGE", "options.maxMessage", ">= 0 && <= 9007199254740991", longest)
  end
  local serialization = options.serialization
  if serialization ~= nil and serialization ~= "json" and serialization ~= "advanced" then
    errors.throw("ERR_INVALID_ARG_VALUE", "options.serialization", serialization,
      "must be one of: undefined, 'json', 'advanced'")
  end
  result.timeout = spawn_options.checkTimeout(options.timeout)
  abort.check(options.signal, "options.signal")
  result.signal = options.signal
  result.killSignal = options.killSignal ~= nil and signals.number(options.killSignal) or nil
  if shell then words = in_shell(result, file, words, shell) end
  table.insert(words, 1, argv0 or result.file)
  result.args = words
  result.env, result.serialization, result.maxMessage = options.env, serialization, options.maxMessage
  result.stdio = options.stdio == nil and "pipe" or options.stdio
  return result
end

return spawn_options
