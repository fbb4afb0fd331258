--- The lists of timeouts.
--
-- Timeouts of one duration stand in one list, in the order in which they are due, so that starting, refreshing and
-- clearing one costs the same however many there are. The lists stand in a heap by what is due first.
--
-- Floor 3.

local floor = math.floor

local heap = {}
local by_duration = {}
local stamp = 0

local function before(a, b)
  if a.expiry ~= b.expiry then return a.expiry < b.expiry end
  return a.stamp < b.stamp
end

local function place(list, at)
  heap[at] = list
  list.at = at
end

local function sift_up(list, at)
  while at > 1 do
    local parent = floor(at / 2)
    if not before(list, heap[parent]) then break end
    place(heap[parent], at)
    at = parent
  end
  place(list, at)
end

local function sift_down(list, at)
  local size = #heap
  while true do
    local child = at * 2
    if child > size then break end
    if child < size and before(heap[child + 1], heap[child]) then child = child + 1 end
    if not before(heap[child], list) then break end
    place(heap[child], at)
    at = child
  end
  place(list, at)
end

local function remove(list)
  local at, size = list.at, #heap
  local last = heap[size]
  heap[size] = nil
  if last ~= list then
    place(last, at)
    sift_up(last, at)
    sift_down(last, last.at)
  end
  list.at = 0
  by_duration[list.duration] = nil
end

-- As if it were made now.
local function renew(list, expiry)
  stamp = stamp + 1
  list.expiry, list.stamp = expiry, stamp
  sift_up(list, list.at)
  sift_down(list, list.at)
end

-- Where memory may fail, it does before anything is tied: an empty list in the heap does no harm, but a list that is
-- not in the heap, or a timeout that does not know its list, would.
local function new(duration, expiry)
  stamp = stamp + 1
  local list = {
    duration = duration,
    expiry = expiry,
    stamp = stamp,
    at = 0,
    running = false,
  }
  list._next, list._previous = list, list
  sift_up(list, #heap + 1)
  by_duration[duration] = list
  return list
end

-- ---- what an error has left half-done ----

-- The chain of `_next` is what holds: each operation changes it by one store. What is in it and does not know its list
-- was about to go, or about to come.
local function relink(list)
  local last, timeout = list, list._next
  while timeout ~= list do
    if timeout._list == list then
      last._next, timeout._previous = timeout, last
      last = timeout
    end
    timeout = timeout._next
  end
  last._next, list._previous = list, last
end

-- Makes everything anew that can be told from the chains. `each` is called with every timeout.
local function rebuild(each)
  for i = #heap, 1, -1 do
    heap[i] = nil
  end
  for _, list in pairs(by_duration) do
    relink(list)
    sift_up(list, #heap + 1)
    local timeout = list._next
    while timeout ~= list do
      each(timeout)
      timeout = timeout._next
    end
  end
end

return {
  heap = heap,
  by_duration = by_duration,
  new = new,
  renew = renew,
  remove = remove,
  rebuild = rebuild,
}
