--- The public API as types/ declares it: for the reference and for the spec that holds it to the module.
--
-- What is read is the part of LuaLS's annotations that types/ uses: blocks of `---` lines, each in front of a
-- `local`, a function, or nothing.

local api = {}

-- The files, in the order of the reference.
api.files = {
  "types/uvnet.lua",
  "types/uvnet/server.lua",
  "types/uvnet/socket.lua",
  "types/uvnet/events.lua",
  "types/uvnet/class.lua",
  "types/uvnet/stream.lua",
  "types/uvnet/timers.lua",
  "types/uvnet/dns.lua",
  "types/uvnet/errors.lua",
  "types/uvnet/abort.lua",
  "types/uvnet/block_list.lua",
  "types/uvnet/async.lua",
  "types/uvnet/process.lua",
  "types/uvnet/child_process.lua",
  "types/uvnet/cluster.lua",
  "types/uvnet/luasocket.lua",
  "types/uvnet/testing.lua",
}

local OPENING, CLOSING = "[%(%[{<]", "[%)%]}>]"

-- Splits "TYPE rest": a type has spaces only within brackets, behind a `:` or a `,`, and around `|`.
local function split_type(text)
  local depth = 0
  for i = 1, #text do
    local char = text:sub(i, i)
    if char:find(OPENING) then
      depth = depth + 1
    elseif char:find(CLOSING) then
      depth = depth - 1
    elseif char == " " and depth == 0 and not text:sub(1, i - 1):find("[:,|]$") and text:sub(i + 1, i + 1) ~= "|" then
      return text:sub(1, i - 1), text:sub(i + 1)
    end
  end
  return text, ""
end

-- "name? TYPE text" of a parameter or a field.
local function parse_variable(text)
  local name, optional, rest = text:match("^([%w_%.]+)(%??)%s+(.*)$")
  assert(name, "not understood: " .. text)
  local kind, description = split_type(rest)
  return { name = name, optional = optional == "?", type = kind, text = description }
end

local function parse_return(text)
  local kind, rest = split_type(text)
  local name, description = rest:match("^(%S+)%s*(.*)$")
  return { type = kind, name = name, text = description or "" }
end

-- The lines of a comment without its `---`: description, tags, examples.
local function parse_block(lines, where)
  local block = { text = {}, fields = {}, params = {}, returns = {}, overloads = {}, examples = {}, where = where }
  local example
  for _, line in ipairs(lines) do
    local tag, value = line:match("^@(%a+)%s*(.*)$")
    if example then
      if line == "```" then
        block.examples[#block.examples + 1] = table.concat(example, "\n")
        example = nil
      else
        example[#example + 1] = line
      end
    elseif line == "```lua" then
      example = {}
    elseif tag == "field" then
      block.fields[#block.fields + 1] = parse_variable(value)
    elseif tag == "param" then
      block.params[#block.params + 1] = parse_variable(value)
    elseif tag == "return" then
      block.returns[#block.returns + 1] = parse_return(value)
    elseif tag == "overload" then
      block.overloads[#block.overloads + 1] = value
    elseif tag == "class" then
      local name, parents = value:match("^([%w_%.]+):?%s*(.*)$")
      block.class, block.parents = name, {}
      for parent in parents:gmatch("[%w%.]+") do
        block.parents[#block.parents + 1] = parent
      end
    elseif tag == "alias" then
      block.alias, block.type = value:match("^([%w%.]+)%s+(.*)$")
    elseif tag == "generic" or tag == "meta" then
      block[tag] = value
    elseif tag then
      error(where .. ": unknown tag @" .. tag)
    else
      block.text[#block.text + 1] = line
    end
  end
  return block
end

-- Takes events, errors raised and Node's section out of the description; what is left is its text.
local function digest(block)
  local paragraphs, events = {}, {}
  for paragraph in (table.concat(block.text, "\n") .. "\n\n"):gmatch("%s*(.-)\n\n+") do
    local node = paragraph:match("^In Node%.js: `(.*)`$")
    local raises = paragraph:match("^Raises%s(.*)$")
    if node then
      block.node = node
    elseif raises and #paragraphs > 0 then
      block.raises = raises
    elseif paragraph:find("^%- %*%*%w+%*%* `%(") then
      for item in ("\n" .. paragraph .. "\n- "):gmatch("%- (.-)%f[\n]\n%f[%-]") do
        local name, arguments, text = item:match("^%*%*(%w+)%*%* `%((.-)%)`%s*(.*)$")
        assert(name, block.where .. ": no event: " .. item)
        local event = { name = name, params = {}, text = text }
        for argument in (arguments .. ","):gmatch("%s*(.-),") do
          local argument_name, kind = argument:match("^(%w+): (.*)$")
          if argument_name then event.params[#event.params + 1] = { name = argument_name, type = kind, text = "" } end
        end
        events[#events + 1] = event
      end
    elseif paragraph ~= "Events:" and paragraph ~= "" then
      paragraphs[#paragraphs + 1] = paragraph
    end
  end
  block.text, block.events = table.concat(paragraphs, "\n\n"), events
  return block
end

local function read_lines(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = (line:gsub("\r$", ""))
  end
  return lines
end

-- What a line of code behind a comment declares: the class's local, the name, and whether it is called with a colon.
local function declared(code)
  local owner, separator, name = code:match("^function (%w+)([%.:])([%w_]+)%(")
  if owner then return owner, name, separator == ":" end
  owner, name = code:match('^(%w+)%["(%w+)"%] = function%(self')
  if owner then return owner, name, true end
end

local function read_file(path, pages, types)
  local lines = read_lines(path)
  local locals, page = {}, nil
  local i = 1
  while i <= #lines do
    if lines[i]:find("^%-%-%-") then
      local first, comment = i, {}
      while lines[i] and lines[i]:find("^%-%-%-") do
        comment[#comment + 1] = lines[i]:sub(4)
        i = i + 1
      end
      local code = lines[i] or ""
      local block = digest(parse_block(comment, path .. ":" .. first))
      local class_local = code:match("^local (%w+) = {}$")
      local owner, name, is_method = declared(code)
      if block.class and class_local then
        page = block
        page.name, page.functions, page.tables, page.file = block.class, {}, {}, path
        page.constructs = #block.overloads > 0
        locals[class_local], pages[#pages + 1], types[page.name] = page, page, page
      elseif block.class or block.alias then
        block.name = block.class or block.alias
        assert(page, block.where).tables[#page.tables + 1] = block
        block.page, types[block.name] = page, block
      elseif owner then
        block.name, block.is_method = name, is_method
        block.page = assert(locals[owner], block.where)
        block.arguments = code:match("%((.-)%)")
        block.page.functions[#block.page.functions + 1] = block
      else
        assert(block.meta, block.where .. ": belongs to nothing")
      end
    end
    i = i + 1
  end
end

--- Reads the annotations.
-- @tparam[opt=""] string root the project's directory, with a slash behind it
-- @treturn {table,...} the pages of the reference, one for each module and class: `name`, `text`, `parents`, `fields`,
--   `functions`, `events`, `tables` (of options), `constructs` (is it a class that can be called?)
-- @treturn table each page, table of options and alias by its name
function api.read(root)
  local pages, types = {}, {}
  for _, file in ipairs(api.files) do
    read_file((root or "") .. file, pages, types)
  end
  return pages, types
end

--- A number that changes with the annotations: that of those that the reference is made of stands in it.
function api.sum()
  local sum = 0
  for _, file in ipairs(api.files) do
    for _, line in ipairs(read_lines(file)) do
      for i = 1, #line do
        sum = (sum * 31 + line:byte(i)) % 2147483647
      end
      sum = (sum * 31 + 10) % 2147483647
    end
  end
  return ("%d"):format(sum)
end

--- A page and those that it inherits from, nearest first.
function api.lineage(page, types)
  local list, seen = {}, {}
  local function add(one)
    if seen[one] then return end
    seen[one] = true
    list[#list + 1] = one
    for _, parent in ipairs(one.parents) do
      add(assert(types[parent], one.where .. ": unknown parent " .. parent))
    end
  end
  add(page)
  return list
end

return api
