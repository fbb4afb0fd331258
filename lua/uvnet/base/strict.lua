--- `net.strict`: an option that nobody knows is refused, and the near one named.
--
-- Each function that takes a table of options has, beside it, the names that it knows; a class has those of its
-- constructor as `knownOptions`, and knows those of its parents as well.
--
-- Floor 1.

local class_of = require("uvnet.base.class").of
local lower = require("uvnet.base.plain").lower

-- Asked for when there is something to raise: errors stand on this floor, too.
local ERRORS = "uvnet.errors"

local strict = { on = false }

--- A set of names.
-- @tparam string text names, with blanks between them
-- @tparam[opt] table more a set whose names are in it as well
-- @treturn {[string]=true,...}
function strict.names(text, more)
  local names = {}
  for name in text:gmatch("%S+") do
    names[name] = true
  end
  for name in pairs(more or {}) do
    names[name] = true
  end
  return names
end

-- How many letters have to be changed, added or left out to get from one word to the other.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local above = row[j]
      local change = corner + (a:byte(i) == b:byte(j) and 0 or 1)
      row[j] = math.min(above + 1, row[j - 1] + 1, change)
      corner = above
    end
  end
  return row[#b]
end

local function letters(word)
  local list = { word:byte(1, -1) }
  table.sort(list)
  return table.concat(list, " ")
end

-- How far apart two words are: the same letters in another order are near.
local function apart(a, b)
  if a == b then return 0 end
  return letters(a) == letters(b) and 1 or distance(a, b)
end

-- Of a longer name nobody asks what was meant by it; and to find that out would take long.
local LONGEST = 64 -- bytes

-- The known name that is most like this one; nil if none is.
local function nearest(name, known)
  if #name > LONGEST then return nil end
  local best, found = math.max(2, math.floor(#name / 3)) + 1, nil
  local small = lower(name)
  for one in pairs(known) do
    local far = apart(small, lower(one))
    if far < best or far == best and found and one < found then
      best, found = far, one
    end
  end
  return found
end

-- What the message calls an option: "options.noDelay", or a place in a list.
local function refuse(name, value, known, what)
  local near = type(name) == "string" and nearest(name, known)
  local reason = near and ("is unknown, did you mean '%s'"):format(near) or "is unknown"
  require(ERRORS).throw("ERR_INVALID_ARG_VALUE", what .. "." .. tostring(name), value, reason)
end

--- Looks through a table of options, if it is to be.
-- @param options what is no table, and an instance of a class, is let pass
-- @tparam {[string]=true,...} known
-- @tparam[opt="options"] string what the message calls the table
-- @raise ERR_INVALID_ARG_VALUE
function strict.check(options, known, what)
  if not strict.on or type(options) ~= "table" then return end
  if class_of(options) then return end -- a server or a socket
  for name, value in next, options do
    if type(name) ~= "string" or not known[name] then refuse(name, value, known, what or "options") end
  end
end

--- The options that the constructor of a class knows: its own, and those of all classes above.
-- @tparam table class
-- @treturn {[string]=true,...}
function strict.known_of(class)
  local known = {}
  while class do
    for name, is_known in pairs(class.knownOptions) do
      if is_known then known[name] = true end
    end
    class = class.__super
  end
  return known
end

--- Looks through the options of a constructor, if it is to be.
-- @param self the instance
-- @param options
-- @raise ERR_INVALID_ARG_VALUE
function strict.check_constructor(self, options)
  if strict.on then strict.check(options, strict.known_of(class_of(self))) end
end

return strict
