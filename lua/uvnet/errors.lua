--- Error objects: Node's names, codes and messages.
--
-- An Error is a table with `name`, `message`, mostly a `code`, and for what the system refused `errno` (negative, as in
-- libuv), `syscall`, and where they apply `address`, `port`, `path`, `hostname`. `tostring` gives what Node's
-- `err.toString()` gives, `traceback` says where it was made: for those that uvnet makes, from the user's call on.
--
-- Floor 1.

local class = require("uvnet.class")
local is_callable = require("uvnet.callable")

local Error = class.new("Error")
Error.name = "Error"
Error.message = ""

-- Where uvnet's files are; nil where that is not known.
local OURS = debug.getinfo(1, "S").source:match("^(@.*[/\\])errors%.lua$")

-- The level, seen from the caller, of the user's function that has called uvnet: an error at a call is the call's, and
-- nobody looks for it in our files. Of what happens in the loop's turn, by no call, there is none.
local function users_level()
  if not OURS then return nil end
  local level = 3 -- 1 is this function, 2 the caller
  while true do
    local info = debug.getinfo(level, "Sf")
    if not info then return nil end
    if info.what == "C" then
      if info.func ~= pcall and info.func ~= xpcall then return nil end
    elseif info.what ~= "tail" and info.source:sub(1, #OURS) ~= OURS then
      return level - 1
    end
    level = level + 1
  end
end

--- Makes an Error: `Error(message[, fields])`.
-- @tparam[opt] string message
-- @tparam[opt] table fields more fields: name, code, errno, syscall, …
function Error:initialize(message, fields)
  if message ~= nil then self.message = tostring(message) end
  if fields then
    for key, value in pairs(fields) do
      self[key] = value
    end
  end
  self.traceback = debug.traceback("", users_level() or 3):gsub("^\n", "")
end

local function to_string(self)
  local head = tostring(self.name)
  local code = self.code
  if type(code) == "string" and code:find("^ERR_") then head = head .. " [" .. code .. "]" end
  if self.message == "" then return head end
  return head .. ": " .. tostring(self.message)
end

Error.__instance.__tostring = to_string
-- What runners and `..` expect of an error message.
Error.__instance.__concat = function(a, b) return tostring(a) .. tostring(b) end
Error.toString = to_string

Error.Error = Error

local function quote(value)
  local text = value
  if #text > 28 then text = text:sub(1, 25) .. "..." end
  return "'" .. text:gsub("\\", "\\\\"):gsub("'", "\\'"):gsub("\n", "\\n"):gsub("\r", "\\r") .. "'"
end

-- As JavaScript writes it: neither 1.0 nor -nan.
local function number_text(value)
  if value ~= value then return "NaN" end
  if value == math.huge then return "Infinity" end
  if value == -math.huge then return "-Infinity" end
  return (tostring(value):gsub("^(%-?%d+)%.0$", "%1"))
end

--- How messages show a value that should have been another: Node's words, `nil` being its `undefined`.
-- @param value anything
-- @treturn string such as `type string ('x')`
function Error.received(value)
  local kind = type(value)
  if kind == "nil" then return "undefined" end
  if kind == "function" then return "function " end
  if kind == "string" then return "type string (" .. quote(value) .. ")" end
  if kind == "number" then return "type number (" .. number_text(value) .. ")" end
  if kind == "boolean" then return "type boolean (" .. tostring(value) .. ")" end
  if kind == "table" then
    local metatable = getmetatable(value)
    local its_class = type(metatable) == "table" and rawget(metatable, "class")
    return "an instance of " .. (its_class and its_class.__name or "Object")
  end
  return "an instance of " .. kind
end

local received = Error.received

local function inspect_table(value, depth)
  local parts = {}
  for key, field in pairs(value) do
    local shown = type(field) == "table" and depth > 2 and "[Object]" or Error.inspect(field, depth + 1)
    parts[#parts + 1] = type(key) == "number" and shown or ("%s: %s"):format(tostring(key), shown)
  end
  table.sort(parts)
  if #parts == 0 then return "{}" end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- Shows a value as Node's `util.inspect` shows a plain one.
function Error.inspect(value, depth)
  if type(value) == "string" then return quote(value) end
  if type(value) == "table" and getmetatable(value) == nil then return inspect_table(value, depth or 0) end
  if value == nil then return "undefined" end
  if type(value) == "number" then return number_text(value) end
  return tostring(value)
end

local inspect = Error.inspect

local function join(list, word)
  if #list == 1 then return list[1] end
  if #list == 2 then return list[1] .. " " .. word .. " " .. list[2] end
  return table.concat(list, ", ", 1, #list - 1) .. ", " .. word .. " " .. list[#list]
end

-- "of type number or string", "an instance of Server", in Node's grammar. Upper-case names are classes.
local function expected_text(expected)
  if type(expected) == "string" then expected = { expected } end
  local types, classes = {}, {}
  for _, name in ipairs(expected) do
    local list = name:find("^%u") and classes or types
    list[#list + 1] = name
  end
  local parts = {}
  if #types > 0 then parts[1] = (#types > 1 and "one of type " or "of type ") .. join(types, "or") end
  if #classes > 0 then parts[#parts + 1] = "an instance of " .. join(classes, "or") end
  return table.concat(parts, " or ")
end

local function argument(name)
  if name:find(" argument$") then return name end
  return ('"%s" %s'):format(name, name:find(".", 1, true) and "property" or "argument")
end

-- Each code: the class Node gives it, and what makes its message.
local CODES = {
  ERR_INVALID_ARG_TYPE = {
    "TypeError",
    function(name, expected, actual)
      return ("The %s must be %s. Received %s"):format(argument(name), expected_text(expected), received(actual))
    end,
  },
  ERR_INVALID_ARG_VALUE = {
    "TypeError",
    function(name, value, reason)
      local kind = name:find(".", 1, true) and "property" or "argument"
      local shown = inspect(value)
      if #shown > 128 then shown = shown:sub(1, 128) .. "..." end -- as Node does
      return ("The %s '%s' %s. Received %s"):format(kind, name, reason or "is invalid", shown)
    end,
  },
  ERR_SOCKET_BAD_PORT = {
    "RangeError",
    function(name, port, allow_zero)
      local operator = allow_zero == false and ">" or ">="
      return ("%s should be %s 0 and < 65536. Received %s."):format(name, operator, received(port))
    end,
  },
  ERR_INVALID_THIS = {
    "TypeError",
    function(call, actual)
      return ('Value of "self" must be an object. Received %s. Call it with a colon: %s'):format(received(actual), call)
    end,
  },
  ERR_OUT_OF_RANGE = {
    "RangeError",
    function(name, range, value)
      return ('The value of "%s" is out of range. It must be %s. Received %s'):format(name, range, inspect(value))
    end,
  },
  ERR_MISSING_ARGS = {
    "TypeError",
    function(...)
      local names = {}
      for i, name in ipairs({ ... }) do
        if type(name) == "table" then
          local alternatives = {}
          for j, one in ipairs(name) do
            alternatives[j] = '"' .. one .. '"'
          end
          names[i] = table.concat(alternatives, " or ")
        else
          names[i] = '"' .. name .. '"'
        end
      end
      local plural = #names > 1 and "arguments" or "argument"
      return ("The %s %s must be specified"):format(join(names, "and"), plural)
    end,
  },
  ERR_INVALID_FD_TYPE = { "TypeError", function(kind) return "Unsupported fd type: " .. kind end },
  ERR_INVALID_HANDLE_TYPE = { "TypeError", function() return "This handle type cannot be sent" end },
  ERR_SERVER_ALREADY_LISTEN = {
    "Error",
    function() return "Listen method has been called more than once without closing." end,
  },
  ERR_SERVER_NOT_RUNNING = { "Error", function() return "Server is not running." end },
  ERR_INVALID_IP_ADDRESS = { "TypeError", function(address) return "Invalid IP address: " .. tostring(address) end },
  ERR_INVALID_ADDRESS_FAMILY = {
    "RangeError",
    function(family, host, port)
      return ("Invalid address family: %s %s:%s"):format(inspect(family), tostring(host), tostring(port))
    end,
  },
  ERR_UNKNOWN_ENCODING = { "TypeError", function(encoding) return "Unknown encoding: " .. tostring(encoding) end },
  ERR_UNHANDLED_ERROR = {
    "Error",
    function(context) return "Unhandled error. (" .. inspect(context) .. ")" end,
  },
  ERR_SOCKET_CLOSED = { "Error", function() return "Socket is closed" end },
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION = {
    "Error",
    function() return "Socket closed before the connection was established" end,
  },
  ERR_SOCKET_CONNECTION_TIMEOUT = { "Error", function() return "Socket connection timeout" end },
  ERR_STREAM_WRITE_AFTER_END = { "Error", function() return "write after end" end },
  ERR_STREAM_DESTROYED = {
    "Error",
    function(method) return ("Cannot call %s after a stream was destroyed"):format(method) end,
  },
  ERR_STREAM_ALREADY_FINISHED = {
    "Error",
    function(method) return ("Cannot call %s after a stream was finished"):format(method) end,
  },
  ERR_STREAM_PREMATURE_CLOSE = { "Error", function() return "Premature close" end },
  ERR_STREAM_PUSH_AFTER_EOF = { "Error", function() return "stream.push() after EOF" end },
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT = { "Error", function() return "stream.unshift() after end event" end },
  ERR_STREAM_CANNOT_PIPE = { "Error", function() return "Cannot pipe, not readable" end },
  ERR_STREAM_NULL_VALUES = { "TypeError", function() return "May not write null values to stream" end },
  ERR_METHOD_NOT_IMPLEMENTED = {
    "Error",
    function(method) return ("The %s method is not implemented"):format(method) end,
  },
  ERR_MULTIPLE_CALLBACK = { "Error", function() return "Callback called multiple times" end },
}

local TypeNames = { Error = Error }

--- A class of errors by JavaScript's name: `TypeError`, `RangeError`, `AggregateError`.
local function named(name)
  if not TypeNames[name] then
    TypeNames[name] = Error:extend(name)
    TypeNames[name].name = name
  end
  return TypeNames[name]
end

Error.TypeError = named("TypeError")
Error.RangeError = named("RangeError")
Error.AggregateError = named("AggregateError")

--- Makes one of Node's coded errors.
-- @tparam string code such as `ERR_SOCKET_CLOSED`
-- @param ... what its message takes
-- @treturn Error
function Error.coded(code, ...)
  local entry = CODES[code]
  return named(entry[1])(entry[2](...), { code = code })
end

--- Raises one of Node's coded errors, as is.
function Error.throw(code, ...) return error(Error.coded(code, ...), 0) end

-- Complains of a method that got no object: it was called with a dot. `call` is how it is to be called.
function Error._checkSelf(self, call)
  if type(self) ~= "table" then return Error.throw("ERR_INVALID_THIS", call, self) end
end

-- For functions that were called as methods.
function Error._checkDot(call)
  error(Error.TypeError("Call it with a dot: " .. call, { code = "ERR_INVALID_THIS" }), 0)
end

-- Complains of a function that got its own module, by a colon: a table with `fn` in it. For what is wrong already.
function Error._checkModule(first, fn, call)
  if type(first) ~= "table" then return end
  for _, value in next, first do
    if value == fn then Error._checkDot(call) end
  end
end

-- Complains of a callback that cannot be called. If it is the first argument: of which function, and how it is called.
function Error._checkCallback(callback, fn, call)
  if is_callable(callback) then return end
  if fn then Error._checkModule(callback, fn, call) end
  return Error.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback)
end

--- Makes the Error for what the system refused: "connect ECONNREFUSED 127.0.0.1:9".
-- @tparam string syscall such as `connect`
-- @tparam string code such as `ECONNREFUSED`
-- @tparam integer errno libuv's number, negative
-- @tparam[opt] string detail libuv's sentence, where Node's message has it
-- @tparam[opt] string address an IP address or a path
-- @tparam[opt] integer port
-- @tparam[opt] string suffix what follows the address
-- @treturn Error
function Error.system(syscall, code, errno, detail, address, port, suffix)
  local message = syscall .. " " .. code
  if detail then message = message .. ": " .. detail end
  if address then
    message = message .. " " .. address
    if port and port > 0 then message = message .. ":" .. tostring(port) end
  end
  if suffix then message = message .. suffix end
  return Error(message, {
    code = code,
    errno = errno,
    syscall = syscall,
    address = address,
    port = address and port and port > 0 and port or nil,
  })
end

return Error
