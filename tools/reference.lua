--- Turns the annotations of types/ into LDoc's language, a file for each page of the reference.
-- usage: lua tools/reference.lua DIRECTORY

local api = dofile("tools/api.lua")

local types -- each page, table of options and alias by its name

local NODE = "https://nodejs.org/docs/latest-v26.x/api/"

-- Sections of Node's documentation that are not in net.html.
local PAGES = {
  { "^emitter%.", "events.html" },
  { "EventEmitter", "events.html" },
  { "^events%.", "events.html" },
  { "stream%.", "stream.html" },
  { "^readable%.", "stream.html" },
  { "^writable%.", "stream.html" },
  { "^dns%.", "dns.html" },
  { "Class: Error", "errors.html" },
  { "[aA]bort[SC]", "globals.html" },
  { "nextTick", "process.html" },
  { "^set%u", "timers.html" },
  { "^clear%u", "timers.html" },
  { "^timeout%.", "timers.html" },
  { "^immediate%.", "timers.html" },
  { "Class: Timeout", "timers.html" },
  { "Class: Immediate", "timers.html" },
}

-- The address of a section of Node's documentation: an anchor is its heading without punctuation.
local function node_url(heading)
  local file = "net.html"
  for _, page in ipairs(PAGES) do
    if heading:find(page[1]) then
      file = page[2]
      break
    end
  end
  local anchor = heading:lower():gsub("[^%w%- _]", ""):gsub(" ", "-")
  return NODE .. file .. "#" .. anchor
end

local function short(name) return name:match("[^%.]+$") end

-- Its functions are methods, or it can be called.
local function is_class(page) return page.constructs or #page.functions > 0 and page.functions[1].is_method end

local function directory(page) return is_class(page) and "classes" or "modules" end

-- LDoc names what belongs to a class in full.
local function anchor_of(page, name) return is_class(page) and page.name .. "." .. name or name end

-- Where a type is described, seen from another page; nil for one of Lua's own.
local function url_of(name)
  local found = types[name]
  if not found then return nil end
  local page = found.page or found
  local url = "../" .. directory(page) .. "/" .. page.name .. ".html"
  if found.page then url = url .. "#" .. anchor_of(page, short(name)) end
  return url
end

-- LDoc wants a type without spaces. A function's signature goes into the text.
local function ldoc_type(variable)
  local kind, text = variable.type, variable.text
  if kind:find("fun%(") then
    local signature = kind:match("fun%b():?%s?[%w%.|%[%]%?]*") or kind
    text = "`" .. signature:gsub("^fun", "function") .. "` " .. text
    kind = kind:gsub("fun%b():?%s?[%w%.|%[%]%?]*", "function")
  end
  kind = kind:gsub("%s", ""):gsub("^(.-)%?$", "%1|nil"):gsub("net%.%w+", function(name)
    local found = types[name]
    return found and found.page and found.page.name ~= "net" and found.page.name .. "." .. short(name) or name
  end)
  return kind, text
end

local Writer = {}
Writer.__index = Writer

function Writer:line(format, ...)
  self[#self + 1] = select("#", ...) > 0 and format:format(...) or format
end

-- A comment of LDoc: a text, then tags.
function Writer:text(text, is_more)
  text = text:gsub("\\\\", "\\\\\\\\") -- of pipe names: Markdown would take one of two backslashes
  for line in (text .. "\n"):gmatch("(.-)\n") do
    self:line((is_more and "-- " or "--- ") .. line)
    is_more = true
  end
end

function Writer:tag(tag, ...)
  local words = { ... }
  local text = table.concat(words, " "):gsub("\n", "\n--   ")
  self:line("-- @%s %s", tag, text)
end

function Writer:variable(tag, variable)
  local kind, text = ldoc_type(variable)
  self:tag(tag .. (variable.optional and "[opt]" or ""), kind, variable.name, text)
end

function Writer:rest(block)
  if block.node then self:tag("node", node_url(block.node), block.node) end
  for _, example in ipairs(block.examples or {}) do
    self:line("-- @usage")
    self:text(example, true)
  end
end

-- What is optional, and all behind it, in brackets.
local function signature_of(item)
  local text, closing = "", ""
  for i, param in ipairs(item.params) do
    local comma = i > 1 and ", " or ""
    if param.optional then
      text, closing = text .. "[" .. comma, closing .. "]"
    else
      text = text .. comma
    end
    text = text .. param.name
  end
  return "(" .. text .. closing .. ")"
end

-- LDoc shows what is returned and raised for functions only, not for methods as ours.
local function write_outcome(out, page, item)
  local returns = {}
  for i, value in ipairs(item.returns) do
    local kind = value.type:gsub("net%.%w+", function(name) return ("[%s](%s)"):format(name, url_of(name)) end)
    local text = value.text ~= "" and value.text or value.name or ""
    if kind == "self" then
      kind, text = ("[%s](%s)"):format(page.name, url_of(page.name)), "itself"
    end
    returns[i] = ("(%s) %s"):format(kind, text)
  end
  if #returns > 0 then out:text("\n**Returns:** " .. table.concat(returns, ", "), true) end
  if item.raises then out:text("\n**Raises:** " .. item.raises, true) end
end

local function write_function(out, page, item)
  out:text(item.text)
  for _, overload in ipairs(item.overloads) do
    -- Listeners of each event are listed as events.
    if not overload:find('event: "', 1, true) then
      out:text("\nAlso: `" .. overload:gsub("^fun", ""):gsub("self: [%w%.]+,? ?", "") .. "`", true)
    end
  end
  write_outcome(out, page, item)
  local name = item.name
  if is_class(page) then
    local full = short(page.name) .. (item.is_method and ":" or ".") .. name
    if name:find("^end$") then full = short(page.name) .. '["end"]' end
    out:tag("method", name)
    out:tag("signature", full .. signature_of(item))
  else
    out:tag("call", name)
    out:tag("signature", name .. signature_of(item))
  end
  for _, param in ipairs(item.params) do
    out:variable("tparam", param)
  end
  out:rest(item)
  out:line("")
end

local function write_table(out, item)
  if item.alias then
    out:text(item.text .. "\n\n`" .. item.type:gsub("|", "`, `") .. "`")
    out:tag("typealias", short(item.name))
  else
    local text = item.text
    for i, parent in ipairs(item.parents) do
      text = text .. (i == 1 and "\n\nWith all fields of " or " and ") .. ("[%s](%s)"):format(parent, url_of(parent))
    end
    out:text(text)
    out:tag("table", short(item.name))
    for _, field in ipairs(item.fields) do
      out:variable("tfield", field)
    end
  end
  out:line("")
end

local function write_inherited(out, page)
  local seen = {}
  for _, item in ipairs(page.functions) do
    seen[item.name] = true
  end
  local lineage = api.lineage(page, types)
  for i = 2, #lineage do
    local ancestor = lineage[i]
    local links = {}
    local function add(item)
      if seen[item.name] then return end
      seen[item.name] = true
      links[#links + 1] = ("[%s](%s#%s)"):format(item.name, url_of(ancestor.name), anchor_of(ancestor, item.name))
    end
    for _, item in ipairs(ancestor.functions) do
      add(item)
    end
    for _, field in ipairs(ancestor.fields) do
      add(field)
    end
    if #links > 0 then
      out:text(("\nFrom [%s](%s): %s."):format(ancestor.name, url_of(ancestor.name), table.concat(links, ", ")), true)
    end
  end
end

local function write_page(page)
  local out = setmetatable({}, Writer)
  local text = page.text
  if page.node then text = text .. ("\n\nIn Node.js: [%s](%s)."):format(page.node, node_url(page.node)) end
  out:text(text)
  write_inherited(out, page)
  for _, example in ipairs(page.examples) do
    out:line("-- @usage")
    out:text(example, true)
  end
  out:tag(is_class(page) and "classmod" or "module", page.name)
  out:line("")
  for _, item in ipairs(page.functions) do
    write_function(out, page, item)
  end
  for _, event in ipairs(page.events) do
    out:text(event.text)
    out:tag("event", event.name .. "_event")
    local names = {}
    for i, param in ipairs(event.params) do
      names[i] = param.name
    end
    out:tag("signature", ('"%s" (%s)'):format(event.name, table.concat(names, ", ")))
    for _, param in ipairs(event.params) do
      out:variable("tparam", param)
    end
    out:line("")
  end
  for _, field in ipairs(page.fields) do
    if not field.name:find("^_%l") then
      local kind = url_of(field.type)
        and ("[%s](%s)"):format(field.type, url_of(field.type)) or "`" .. field.type .. "`"
      out:text(field.text .. "\n\n" .. kind)
      out:tag("property", field.name)
      out:line("")
    end
  end
  for _, item in ipairs(page.tables) do
    write_table(out, item)
  end
  return table.concat(out, "\n") .. "\n"
end

local place = assert(arg[1], "usage: lua tools/reference.lua DIRECTORY")
local pages
pages, types = api.read()
for _, page in ipairs(pages) do
  local file = assert(io.open(place .. "/" .. page.name .. ".lua", "w"))
  file:write(write_page(page))
  file:close()
end
