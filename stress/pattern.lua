-- Bytes in which each place knows its neighbours: what is lost, doubled or swapped is seen. The same on every Lua.

--- @tparam integer period after so many bytes it begins anew
-- @tparam integer repeats
-- @treturn string
return function(period, repeats)
  local state, pieces = 1, {}
  for i = 1, period do
    state = state * 16807 % 2147483647
    pieces[i] = string.char(state % 256)
  end
  return table.concat(pieces):rep(repeats)
end
