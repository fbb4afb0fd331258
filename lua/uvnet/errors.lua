--- Error objects: Node's names, codes and messages.
--
-- An Error is a table with `name`, `message`, mostly a `code`, and for what the system refused `errno` (negative, as in
-- libuv), `syscall`, and where they apply `address`, `port`, `path`, `hostname`. `tostring` gives what Node's
-- `err.toString()` gives, `traceback` says where it was made: for those that uvnet makes, from the user's call on.
--
-- Floor 1.

local class = require("uvnet.base.class")
local is_callable = require("uvnet.base.callable")
local messages = require("uvnet.base.messages")
local shown = require("uvnet.base.inspect")
local traceback = require("uvnet.base.traceback")

local Error = class.new("Error")
Error.name = "Error"
Error.message = ""

-- On Windows the search paths may have either slash, and the loader's own between them.
local function slashes(path) return (path:gsub("\\", "/")) end

-- A sandbox may have no `debug`, or take it away later.
local getinfo = debug and debug.getinfo

-- Where uvnet's files are; nil where that is not known.
local OURS = getinfo and slashes(getinfo(1, "S").source):match("^(@.*/)errors%.lua$")

-- Functions of C between our files and the user's: those that call on, and ours.
Error._ours = { [pcall] = true, [xpcall] = true }

-- The level, seen from the caller, of the user's function that has called uvnet: an error at a call is the call's, and
-- nobody looks for it in our files. Of what happens in the loop's turn, by no call, there is none.
local function users_level()
  if not OURS then return nil end
  local level = 3 -- 1 is this function, 2 the caller
  while true do
    local info = getinfo(level, "Sf")
    if not info then return nil end
    if info.what == "C" then
      if not Error._ours[info.func] then return nil end
    elseif info.what ~= "tail" and slashes(info.source:sub(1, #OURS)) ~= OURS then
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
  self.traceback = getinfo and "stack traceback:" .. traceback(users_level() or 3) or ""
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

--- How messages show a value that should have been another: `type string ('x')`.
-- @function Error.received
-- @param value anything
-- @treturn string
Error.received = shown.received

--- Shows a value as Node's `util.inspect` shows a plain one.
-- @function Error.inspect
-- @param value anything
-- @treturn string
Error.inspect = shown.inspect

local types = { Error = Error }

--- A class of errors by JavaScript's name: `TypeError`, `RangeError`, `AggregateError`, `AbortError`.
local function named(name)
  if not types[name] then
    types[name] = Error:extend(name)
    types[name].name = name
  end
  return types[name]
end

Error.TypeError = named("TypeError")
Error.RangeError = named("RangeError")
Error.AggregateError = named("AggregateError")
Error.AbortError = named("AbortError")

-- Complains of what is no text. `call`, of a first argument, is how the function is to be called, for those who did it
-- with a colon.
local function refuse(argument, value, call)
  if call and type(value) == "table" and value.coded == Error.coded then Error._checkDot("net.errors." .. call) end
  return Error.throw("ERR_INVALID_ARG_TYPE", argument, "string", value)
end

-- Of these there may be several, in a list.
local SEVERAL = { expected = true, names = true }

local function is_text(value, several)
  if type(value) == "string" then return true end
  if not several or type(value) ~= "table" then return false end
  for _, one in ipairs(value) do
    if type(one) ~= "string" then return false end
  end
  return #value > 0
end

local function coded(call, code, ...)
  if type(code) ~= "string" then refuse("code", code, call) end
  local entry = messages[code]
  if not entry then return Error.throw("ERR_INVALID_ARG_VALUE", "code", code, "is unknown") end
  for i, name in ipairs(entry[3] or {}) do
    local value = select(i, ...)
    if not is_text(value, SEVERAL[name]) then refuse(name, value) end
  end
  return named(entry[1])(entry[2](...), { code = code })
end

--- Makes one of Node's coded errors.
-- @tparam string code such as `ERR_SOCKET_CLOSED`
-- @param ... what its message takes
-- @treturn Error
-- @raise ERR_INVALID_ARG_TYPE, also for what its message needs; ERR_INVALID_ARG_VALUE for a code that is none of them
function Error.coded(code, ...) return coded("coded(code)", code, ...) end

--- Raises one of Node's coded errors, as is.
function Error.throw(code, ...) return error(coded("throw(code)", code, ...), 0) end

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
-- @raise ERR_INVALID_ARG_TYPE
function Error.system(syscall, code, errno, detail, address, port, suffix)
  if type(syscall) ~= "string" then refuse("syscall", syscall, "system(syscall, code, errno)") end
  if type(code) ~= "string" then refuse("code", code) end
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
