--- A file includes and requires lower floors only. Each file's head says on which floor it is.
--
-- The files of one group are the exception: a C file includes its own header (codec.c and codec_decode.c are in the
-- group of codec.h), and the modules of one directory may require each other as long as they stay on their floor and
-- make no circle.

local tree = require("spec.support.tree")

local HEAD = 1500 -- characters: the floor stands in the comment at the top

local function floor_of(path, text)
  return tonumber((text or tree.read(path)):sub(1, HEAD):match("%f[%w]Floor (%d+)%."))
end

local function includes_of(text)
  local found = {}
  for header in ("\n" .. text):gmatch('\n%s*#%s*include%s*"([^"\n]+)"') do
    found[#found + 1] = "src/" .. header
  end
  return found
end

local function requires_of(text)
  local found = {}
  for line in text:gmatch("[^\n]+") do
    local code = line:gsub("%-%-.*", "")
    for module in code:gmatch("require%s*%(?%s*[\"']([%w_.]+)[\"']") do
      local path = module:find("^uvnet%f[.%z]") and tree.file_of(module)
      if path then found[#found + 1] = path end
    end
  end
  return found
end

local function same_c_group(path, header)
  local group = header:match("([^/]+)%.h$")
  local name = path:match("([^/]+)%.c$")
  return name == group or (name ~= nil and name:sub(1, #group + 1) == group .. "_")
end

local function same_folder(path, other)
  local group = path:match("^lua/uvnet/(.+)/[^/]+$")
  return group ~= nil and group == other:match("^lua/uvnet/(.+)/[^/]+$")
end

-- What is wrong with the files in `edges` (path -> the paths that it uses), as sentences.
local function complaints(edges, floors, same_group)
  local list = {}
  for path, others in pairs(edges) do
    for _, other in ipairs(others) do
      local mine, theirs = floors[path], floors[other]
      if mine and theirs and not (theirs < mine or (theirs == mine and same_group(path, other))) then
        list[#list + 1] = ("%s (floor %d) uses %s (floor %d)"):format(path, mine, other, theirs)
      end
    end
  end
  table.sort(list)
  return list
end

local function circle(edges)
  local state = {}
  local function visit(path, trail)
    if state[path] == "done" then return nil end
    if state[path] == "open" then return trail .. " -> " .. path end
    state[path] = "open"
    for _, other in ipairs(edges[path] or {}) do
      local found = visit(other, trail .. " -> " .. path)
      if found then return found end
    end
    state[path] = "done"
    return nil
  end
  for path in pairs(edges) do
    local found = visit(path, "")
    if found then return found end
  end
  return nil
end

local function survey(paths, uses_of)
  local edges, floors, homeless = {}, {}, {}
  for _, path in ipairs(paths) do
    local text = tree.read(path)
    edges[path] = uses_of(text)
    floors[path] = floor_of(path, text)
    if not floors[path] then homeless[#homeless + 1] = path end
  end
  return edges, floors, homeless
end

describe("the floors", function()
  describe("of the C core", function()
    local edges, floors, homeless = survey(tree.files("src", "%.[ch]$"), includes_of)

    it("are named in every file", function()
      assert.is_truthy(next(edges))
      assert.same({}, homeless)
    end)

    it("are included downwards only", function() assert.same({}, complaints(edges, floors, same_c_group)) end)

    it("are the same for a header and its C file", function()
      for path, floor in pairs(floors) do
        local header = path:gsub("%.c$", ".h")
        if floors[header] then assert.equal(floors[header], floor, path) end
      end
    end)

    it("have LUA_VERSION_NUM in compat.h only", function()
      for path in pairs(edges) do
        local found = tree.read(path):find("LUA_VERSION_NUM", 1, true)
        assert.equal(path == "src/compat.h", found ~= nil, path)
      end
    end)
  end)

  describe("of the Lua modules", function()
    local edges, floors, homeless = survey(tree.files("lua/uvnet", "%.lua$"), requires_of)

    it("are named in every file", function()
      assert.is_truthy(next(edges))
      assert.same({}, homeless)
    end)

    it("are required downwards only", function() assert.same({}, complaints(edges, floors, same_folder)) end)

    it("make no circle", function() assert.is_nil(circle(edges)) end)
  end)

  describe("spec sees", function()
    local floors = { ["src/a.c"] = 1, ["src/a.h"] = 1, ["src/b.h"] = 1, ["src/c.h"] = 2, ["src/low.h"] = 0 }

    it("an include of the own or a higher floor", function()
      local edges = { ["src/a.c"] = includes_of('#include "a.h"\n#include <x.h>\n  # include "b.h"\n#include "c.h"\n'
        .. '#include "low.h"') }
      assert.same({
        "src/a.c (floor 1) uses src/b.h (floor 1)",
        "src/a.c (floor 1) uses src/c.h (floor 2)",
      }, complaints(edges, floors, same_c_group))
    end)

    it("a require in each of its forms, and none in a comment", function()
      local text = 'local a = require("uvnet.base.class")\nlocal b = require "uvnet.errors".x\n'
        .. '-- require("uvnet.events")\n'
        .. "local c = require 'lfs'\n"
      assert.same({ "lua/uvnet/base/class.lua", "lua/uvnet/errors.lua" }, requires_of(text))
    end)

    it("a circle", function()
      assert.is_nil(circle({ a = { "b", "c" }, b = { "c" }, c = {} }))
      assert.is_truthy(circle({ a = { "b" }, b = { "c" }, c = { "a" } }))
    end)
  end)
end)
