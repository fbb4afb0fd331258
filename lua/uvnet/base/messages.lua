--- Node's codes: of each, the class that Node gives it, what makes its message, and the names of those arguments of the
-- message, from the first on, that have to be text.
--
-- Floor 0.

local shown = require("uvnet.base.inspect")

local inspect, received = shown.inspect, shown.received

local function join(list, word)
  if #list == 1 then return list[1] end
  if #list == 2 then return list[1] .. " " .. word .. " " .. list[2] end
  return table.concat(list, ", ", 1, #list - 1) .. ", " .. word .. " " .. list[#list]
end

-- "of type number or string", "an instance of Server", in Node's grammar. Upper-case names are classes, "string[]" is
-- neither.
local function expected_text(expected)
  if type(expected) == "string" then expected = { expected } end
  local types, classes, others = {}, {}, {}
  for _, name in ipairs(expected) do
    local list = name:find("^[A-Z]") and classes or name:find("[]", 1, true) and others or types
    list[#list + 1] = name
  end
  local parts = {}
  if #types > 0 then parts[1] = (#types > 1 and "one of type " or "of type ") .. join(types, "or") end
  if #classes > 0 then parts[#parts + 1] = "an instance of " .. join(classes, "or") end
  if #others > 0 then parts[#parts + 1] = join(others, "or") end
  return table.concat(parts, " or ")
end

local function argument(name)
  if name:find(" argument$") then return name end
  return ('"%s" %s'):format(name, name:find(".", 1, true) and "property" or "argument")
end

return {
  ERR_INVALID_ARG_TYPE = {
    "TypeError",
    function(name, expected, actual)
      return ("The %s must be %s. Received %s"):format(argument(name), expected_text(expected), received(actual))
    end,
    { "name", "expected" },
  },
  ERR_INVALID_ARG_VALUE = {
    "TypeError",
    function(name, value, reason)
      local kind = name:find(".", 1, true) and "property" or "argument"
      local text = inspect(value)
      if #text > 128 then text = text:sub(1, 128) .. "..." end -- as Node does
      return ("The %s '%s' %s. Received %s"):format(kind, name, reason or "is invalid", text)
    end,
    { "name" },
  },
  ERR_SOCKET_BAD_PORT = {
    "RangeError",
    function(name, port, allow_zero)
      local operator = allow_zero == false and ">" or ">="
      return ("%s should be %s 0 and < 65536. Received %s."):format(name, operator, received(port))
    end,
    { "name" },
  },
  ERR_INVALID_RETURN_VALUE = {
    "TypeError",
    function(expected, call, value)
      return ('Expected %s to be returned from the "%s" function but got %s.'):format(expected, call, received(value))
    end,
    { "expected", "call" },
  },
  ERR_INVALID_THIS = {
    "TypeError",
    function(call, actual)
      return ('Value of "self" must be an object. Received %s. Call it with a colon: %s'):format(received(actual), call)
    end,
    { "call" },
  },
  ERR_OUT_OF_RANGE = {
    "RangeError",
    function(name, range, value)
      return ('The value of "%s" is out of range. It must be %s. Received %s'):format(name, range, inspect(value))
    end,
    { "name", "range" },
  },
  ERR_MISSING_ARGS = {
    "TypeError",
    function(...)
      local names = {}
      for i, name in ipairs({ ... }) do
        if type(name) == "table" then
          local alternatives = {}
          for j, one in ipairs(name) do
            alternatives[j] = '"' .. tostring(one) .. '"'
          end
          names[i] = table.concat(alternatives, " or ")
        else
          names[i] = '"' .. tostring(name) .. '"'
        end
      end
      local plural = #names > 1 and "arguments" or "argument"
      return ("The %s %s must be specified"):format(join(names, "and"), plural)
    end,
    { "names" },
  },
  ERR_INVALID_FD_TYPE = { "TypeError", function(kind) return "Unsupported fd type: " .. kind end, { "kind" } },
  ERR_INVALID_HANDLE_TYPE = { "TypeError", function() return "This handle type cannot be sent" end },
  ERR_SERVER_ALREADY_LISTEN = {
    "Error",
    function() return "Listen method has been called more than once without closing." end,
  },
  ERR_SERVER_NOT_RUNNING = { "Error", function() return "Server is not running." end },
  ERR_INVALID_IP_ADDRESS = { "TypeError", function(address) return "Invalid IP address: " .. tostring(address) end },
  ERR_IP_BLOCKED = {
    "Error",
    function(address) return ("IP(%s) is blocked by net.BlockList"):format(address) end,
    { "address" },
  },
  ERR_SOCKET_HANDLE_ADOPTED = {
    "Error",
    function() return "The bound socket has already been adopted by a server or socket" end,
  },
  ERR_INVALID_ADDRESS = { "Error", function() return "Invalid socket address" end },
  ERR_INVALID_ADDRESS_FAMILY = {
    "RangeError",
    function(family, host, port)
      return ("Invalid address family: %s %s:%s"):format(inspect(family), tostring(host), tostring(port))
    end,
  },
  ERR_UNKNOWN_ENCODING = {
    "TypeError",
    function(encoding)
      return "Unknown encoding: " .. (type(encoding) == "string" and encoding or inspect(encoding, shown.DEEPEST))
    end,
  },
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
    { "method" },
  },
  ERR_STREAM_ALREADY_FINISHED = {
    "Error",
    function(method) return ("Cannot call %s after a stream was finished"):format(method) end,
    { "method" },
  },
  ERR_STREAM_PREMATURE_CLOSE = { "Error", function() return "Premature close" end },
  ERR_STREAM_PUSH_AFTER_EOF = { "Error", function() return "stream.push() after EOF" end },
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT = { "Error", function() return "stream.unshift() after end event" end },
  ERR_STREAM_UNABLE_TO_PIPE = { "Error", function() return "Cannot pipe to a closed or destroyed stream" end },
  ERR_STREAM_CANNOT_PIPE = { "Error", function() return "Cannot pipe, not readable" end },
  ERR_STREAM_NULL_VALUES = { "TypeError", function() return "May not write null values to stream" end },
  ERR_METHOD_NOT_IMPLEMENTED = {
    "Error",
    function(method) return ("The %s method is not implemented"):format(method) end,
    { "method" },
  },
  ERR_ILLEGAL_CONSTRUCTOR = { "TypeError", function() return "Illegal constructor" end },
  ABORT_ERR = { "AbortError", function() return "The operation was aborted" end },
  ERR_INVALID_STATE = { "Error", function(problem) return "Invalid state: " .. problem end, { "problem" } },
  ERR_TIMEOUT = { "Error", function() return "The operation timed out" end },
  ERR_FRAME_TOO_LONG = {
    "RangeError",
    function(limit) return ("The message is longer than %s bytes"):format(inspect(limit)) end,
  },
  ERR_MULTIPLE_CALLBACK = { "Error", function() return "Callback called multiple times" end },
  ERR_IPC_CHANNEL_CLOSED = { "Error", function() return "Channel closed" end },
  ERR_IPC_DISCONNECTED = { "Error", function() return "IPC channel is already disconnected" end },
  ERR_IPC_ONE_PIPE = { "Error", function() return "Child process can have only one IPC pipe" end },
  ERR_CHILD_CLOSED_BEFORE_REPLY = { "Error", function() return "Child closed before reply received" end },
  ERR_CHILD_PROCESS_IPC_REQUIRED = {
    "Error",
    function(name) return ("Forked processes must have an IPC channel, missing value 'ipc' in %s"):format(name) end,
    { "name" },
  },
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER = {
    "RangeError",
    function(name) return name .. " maxBuffer length exceeded" end,
    { "name" },
  },
  ERR_UNKNOWN_SIGNAL = { "TypeError", function(signal) return "Unknown signal: " .. tostring(signal) end },
  ERR_TTY_INIT_FAILED = { "Error", function(reason) return "TTY initialization failed: " .. tostring(reason) end },
}
