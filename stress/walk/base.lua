-- What all of the walk stands on: a generator that is the same on every Lua, the counters, the stories, and the end of
-- the walk where a law is broken.

local new_pattern = require("pattern")

local base = {
  steps = tonumber(arg[1]) or 200000,
  seed = tonumber(arg[2]) or os.time() % 1000000 + 1,
  step = 0, -- how many calls there were
  checked = 0, -- bytes
  sent = 0, -- bytes
  called_back = 0, -- callbacks of write
  raised = 0, -- errors of ours, in callbacks
  caught = 0, -- and how many came out
  seen = {}, -- how often each thing happened
}

-- ---- chance ----

local state = base.seed % 2147483646 + 1

function base.random(n)
  state = state * 16807 % 2147483647
  return state % n + 1
end

function base.chance(percent) return base.random(100) <= percent end

function base.one_of(list) return #list > 0 and list[base.random(#list)] or nil end

-- ---- laws ----

function base.count(name) base.seen[name] = (base.seen[name] or 0) + 1 end

function base.broken(law, who)
  local id = who and ("%s %d"):format(who.kind, who.id) or "the whole"
  local story = who and who.story and table.concat(who.story, " ", math.max(1, #who.story - 200)) or ""
  io.stderr:write(("walk: broken in step %d of seed %d: %s: %s\n%s\n%s\n"):format(
    base.step, base.seed, id, law, story, debug.traceback()))
  os.exit(1)
end

function base.hold(condition, law, who)
  if not condition then base.broken(law, who) end
end

-- What happened to somebody, of late.
function base.tell(who, text)
  local story = who.story
  story[#story + 1] = text
  if #story > 400 then
    for _ = 1, 200 do
      table.remove(story, 1)
    end
  end
end

-- An event of somebody, who is not closed.
function base.alive(who, event)
  base.count(event)
  base.tell(who, event)
  base.hold(not who.closed, event .. " after close", who)
end

-- The same, and it comes once.
function base.once(who, event, field)
  base.alive(who, event)
  base.hold(not who[field], event .. " twice", who)
  who[field] = true
end

-- ---- errors ----

-- What a callback raises now and then; whoever called into the library counts it with `catch`.
function base.maybe_raise(permille)
  if base.random(1000) > permille then return end
  base.raised = base.raised + 1
  error({ walk = true })
end

function base.catch(what, ok, result)
  if ok then return result end
  if type(result) ~= "table" or not result.walk then base.broken(what .. " raised " .. tostring(result)) end
  base.caught = base.caught + 1
  return true
end

-- ---- what is sent ----

local PERIOD = 65521
local LONGEST = 27 * PERIOD
local pattern = new_pattern(PERIOD, 28)

-- `size` bytes from the place `at` on.
function base.bytes(at, size)
  base.hold(size <= LONGEST, "the pattern is too short")
  local first = at % PERIOD
  return pattern:sub(first + 1, first + size)
end

-- Where bytes are from, for the story: runs of what follows on each other, each by its place in the period.
function base.where(data)
  local runs, at = {}, 1
  while at <= #data and #runs < 20 do
    local head = data:sub(at, at + 15)
    local place = pattern:find(head, 1, true)
    local size = #head
    if place then
      while at + size <= #data and data:byte(at + size) == pattern:byte((place + size - 1) % PERIOD + 1) do
        size = size + 1
      end
    end
    runs[#runs + 1] = ("%d from %s"):format(size, place and place - 1 or "nowhere: " .. base.to_hex(head))
    at = at + size
  end
  return table.concat(runs, ", ")
end

local hex_of = {}
for i = 0, 255 do
  hex_of[string.char(i)] = ("%02x"):format(i)
end

function base.to_hex(data) return (data:gsub(".", hex_of)) end

function base.from_hex(text)
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

return base
