--- Numbers that are the same in every run, on every Lua: `random(n)` is one of 0 … n - 1.

return function(seed)
  return function(n)
    seed = (seed * 16807) % 2147483647
    return math.floor(seed / 127) % n
  end
end
