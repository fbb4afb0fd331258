--- Writes programs in JavaScript or in Lua: what differs is how a call, a function and a table look.
--
-- `render.lua LANGUAGE SEED NUMBERS...` prints programs of a seed, for play.js or play.lua; NUMBERS: `7` or `1-300`.

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path
local new_program = require("program")

local LANGUAGES = {
  js = {
    dot = ".",
    list = { "[", "]" },
    key = "%s: %s",
    function_head = "() => {",
    function_tail = "}",
    program_head = "{ number: %d, idles: %s, setup(p, c, d, s, t, v) {",
    program_tail = "} },",
    head = "module.exports = [",
    tail = "];",
  },
  lua = {
    dot = ":",
    list = { "{", "}" },
    key = "[%q] = %s",
    function_head = "function()",
    function_tail = "end",
    program_head = "{ number = %d, idles = %s, setup = function(p, c, d, s, t, v)",
    program_tail = "end },",
    head = "return {",
    tail = "}",
  },
}

local render_call

local function render(language, value, indent)
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  if value.body then
    local lines = { language.function_head }
    for _, one in ipairs(value.body) do
      lines[#lines + 1] = indent .. "  " .. render_call(language, one, indent .. "  ") .. ";"
    end
    lines[#lines + 1] = indent .. language.function_tail
    return table.concat(lines, "\n")
  end
  local out = {}
  if value.list then
    for i, one in ipairs(value.list) do
      out[i] = render(language, one, indent)
    end
    return language.list[1] .. table.concat(out, ", ") .. language.list[2]
  end
  if value.fields then
    for i = 1, #value.fields, 2 do
      out[#out + 1] = language.key:format(value.fields[i], render(language, value.fields[i + 1], indent))
    end
    return "{ " .. table.concat(out, ", ") .. " }"
  end
  return render_call(language, value, indent)
end

function render_call(language, call, indent)
  local arguments = {}
  for i, one in ipairs(call[3]) do
    arguments[i] = render(language, one, indent)
  end
  return call[1] .. language.dot .. call[2] .. "(" .. table.concat(arguments, ", ") .. ")"
end

local language, seed = LANGUAGES[arg[1]], tonumber(arg[2])
print(language.head)
for i = 3, #arg do
  local first, last = arg[i]:match("^(%d+)%-?(%d*)$")
  for number = tonumber(first), tonumber(last ~= "" and last or first) do
    local program = new_program(seed, number)
    print(language.program_head:format(number, tostring(program.idles)))
    for _, one in ipairs(program.setup) do
      print("  " .. render_call(language, one, "  ") .. ";")
    end
    print(language.program_tail)
  end
end
print(language.tail)
