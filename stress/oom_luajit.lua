-- Why stress/oom.lua turns LuaJIT's compiler off. There is nothing of the module in here: a compiled loop makes tables,
-- and where the interpreter was last there is a string by now. In LuaJIT 2.1 of 2022 the process ends in lj_err_mem,
-- called from compiled code; OOM_JIT_OFF=1 has it end in a Lua error.
-- usage: OOM_SCRIPT=stress/oom_luajit.lua KEYS=jit stress/run oom 1

if jit and os.getenv("OOM_JIT_OFF") then jit.off() end

local function script()
  local keep = {}
  local function fill(n)
    for i = 1, n do
      keep[i] = { i }
    end
  end
  fill(200) -- now it is compiled
  local function again()
    local zeros = string.rep("\0", 40)
    fill(100)
    return zeros, #keep
  end
  again()
end

local function tidy() end

return script, tidy
