--- The annotations in types/ and the reference made of them name what the module has: nothing more, nothing less.

local api = require("tools.api")
local lfs = require("lfs")
local net = require("net")
local tree = require("spec.support.tree")

local pages, types = api.read()

for _, module in ipairs({ net, net.stream }) do
  for name in pairs(getmetatable(module).lazy) do
    assert(module[name], name)
  end
end

-- What each page describes.
local function timeout()
  local one = net.timers.setTimeout(function() end, 1)
  one:close()
  return getmetatable(one).class
end

local function immediate()
  local one = net.timers.setImmediate(function() end)
  net.timers.clearImmediate(one)
  return getmetatable(one).class
end

local SUBJECTS = {
  ["net"] = net,
  ["net.Server"] = net.Server,
  ["net.Socket"] = net.Socket,
  ["net.EventEmitter"] = net.events,
  ["net.Class"] = require("uvnet.base.class").new("Any"),
  ["net.stream"] = net.stream,
  ["net.Readable"] = net.stream.Readable,
  ["net.Writable"] = net.stream.Writable,
  ["net.Duplex"] = net.stream.Duplex,
  ["net.Transform"] = net.stream.Transform,
  ["net.PassThrough"] = net.stream.PassThrough,
  ["net.timers"] = net.timers,
  ["net.Timeout"] = timeout(),
  ["net.Immediate"] = immediate(),
  ["net.dns"] = net.dns,
  ["net.Error"] = net.errors,
  ["net.AbortController"] = net.AbortController,
  ["net.BlockList"] = net.BlockList,
  ["net.BoundSocket"] = net.BoundSocket,
  ["net.SocketAddress"] = net.SocketAddress,
  ["net.AbortSignal"] = net.AbortSignal,
  ["net.async"] = net.async,
  ["net.Task"] = getmetatable(net.async.run(function() end)),
  ["net.Queue"] = getmetatable(net.async.queue()).class,
  ["net.Lock"] = getmetatable(net.async.lock()).class,
  ["net.Held"] = getmetatable(net.async.lock():acquire()),
  ["net.Process"] = getmetatable(net.process).class,
  ["net.child_process"] = net.child_process,
  ["net.ChildProcess"] = net.child_process.ChildProcess,
  ["net.cluster"] = net.cluster,
  ["net.Worker"] = net.cluster.Worker,
  ["uvnet.luasocket"] = require("uvnet.luasocket"),
  ["uvnet.luasocket.Tcp"] = getmetatable(getmetatable(require("uvnet.luasocket").tcp()).__index).__index,
  ["uvnet.testing"] = require("uvnet.testing"),
}

-- Fields that only instances have, and some only at times.
local OF_INSTANCES = {
  ["net.Process"] = { "send", "disconnect", "stdin", "stdout", "stderr" },
  ["net.ChildProcess"] = {
    "pid", "stdin", "stdout", "stderr", "stdio", "exitCode", "signalCode", "spawnfile", "spawnargs",
  },
  ["net.cluster"] = { "worker" },
  ["net.Worker"] = { "id", "process", "state", "exitedAfterDisconnect" },
  ["net.AbortController"] = { "signal" },
  ["net.Queue"] = { "length", "limit", "closed" },
  ["net.Lock"] = { "locked" },
  ["net.Server"] = { "maxConnections", "blockList", "_handle" },
  ["net.Socket"] = { "timeout", "blockList", "autoSelectFamilyAttemptedAddresses", "_handle" },
  ["net.Error"] = {
    "code", "errno", "syscall", "address", "port", "hostname", "errors", "traceback", "cause", "partial", "emitter",
  },
}

-- The fields of a class are inherited: Lua 5.1 knows no __pairs to list them by.
local function fields_of(subject)
  local metatable = getmetatable(subject)
  return metatable and type(metatable.__index) == "table" and metatable.__index or subject
end

local function public_names(subject)
  local names = {}
  local function collect(from)
    for name in pairs(from) do
      if type(name) == "string" and not name:find("^_%a?%l") and not name:find("^__") then
        names[name] = true
      end
    end
  end
  collect(fields_of(subject))
  if subject.__getters then collect(fields_of(subject.__getters)) end
  return names
end

local function has(subject, name)
  if fields_of(subject)[name] ~= nil then return true end
  return subject.__getters ~= nil and fields_of(subject.__getters)[name] ~= nil
end

local sources = ""
for _, path in ipairs(tree.files("lua/uvnet", "%.lua$")) do
  sources = sources .. tree.read(path)
end

-- name -> what types/ says of it, with what is inherited.
local function declared_names(page)
  local names = {}
  for _, one in ipairs(api.lineage(page, types)) do
    for _, kind in ipairs({ "functions", "fields" }) do
      for _, item in ipairs(one[kind]) do
        names[item.name] = names[item.name] or item
      end
    end
  end
  return names
end

describe("types/", function()
  it("has a page for each class and module", function()
    local found = {}
    for _, page in ipairs(pages) do
      found[page.name] = true
      assert.truthy(SUBJECTS[page.name], page.name)
    end
    for name in pairs(SUBJECTS) do
      assert.is_true(found[name], name)
    end
  end)

  for _, page in ipairs(pages) do
    local subject = SUBJECTS[page.name]

    it("leaves no public name of " .. page.name .. " undocumented", function()
      local declared, missing = declared_names(page), {}
      for name in pairs(public_names(subject)) do
        if not declared[name] then missing[#missing + 1] = name end
      end
      assert.same({}, missing)
    end)

    it("names nothing that " .. page.name .. " does not have", function()
      for _, item in ipairs(page.functions) do
        assert.equal("function", type(fields_of(subject)[item.name]), item.where)
      end
      for _, field in ipairs(page.fields) do
        local is_there = has(subject, field.name)
        for _, name in ipairs(OF_INSTANCES[page.name] or {}) do
          local is_used = sources:find("%." .. name .. "%f[^%w_]") or sources:find("%f[%w_]" .. name .. " = ")
          is_there = is_there or name == field.name and is_used ~= nil
        end
        assert.is_true(is_there, page.where .. ": " .. field.name)
      end
    end)

    it("says of everything in " .. page.name .. " what it is", function()
      assert.is_true(#page.text > 20, page.where)
      for _, item in ipairs(page.functions) do
        assert.is_true(#item.text > 5, item.where)
        local names = {}
        for _, param in ipairs(item.params) do
          names[#names + 1] = param.name
        end
        local arguments = item.arguments:gsub("^self,? ?", "")
        assert.equal(arguments, table.concat(names, ", "), item.where .. ": @param and the function's parameters")
      end
      for _, field in ipairs(page.fields) do
        assert.is_true(#field.text > 4, page.where .. ": " .. field.name)
      end
      for _, event in ipairs(page.events) do
        assert.is_true(#event.text > 5, page.where .. ": " .. event.name)
      end
    end)
  end

  it("uses no type that it does not declare", function()
    for _, path in ipairs(tree.files("types", "%.lua$")) do
      local line_number = 0
      for line in io.lines(path) do
        line_number = line_number + 1
        if line:find("^%-%-%-@[pfroc]") then
          for name in line:gmatch("%f[%w_.]net%.%u%w+") do
            assert.truthy(types[name], ("%s:%d: %s"):format(path, line_number, name))
          end
        end
      end
    end
  end)

  it("declares each event that uvnet emits, with an overload of on and once", function()
    local declared = {}
    for _, page in ipairs(pages) do
      for _, event in ipairs(page.events) do
        declared[event.name] = true
      end
    end
    for _, path in ipairs(tree.files("lua/uvnet", "%.lua$")) do
      for name in tree.read(path):gmatch('[:%.]emit%([%w_]*,? ?"(%w+)"') do
        if name ~= "prefinish" then assert.is_true(declared[name], path .. ": " .. name) end
      end
    end
    for _, name in ipairs({ "net.Server", "net.Socket" }) do
      for _, method in ipairs({ "on", "once" }) do
        local item = declared_names(types[name])[method]
        for i, event in ipairs(types[name].events) do
          assert.truthy(item.overloads[i] or "", item.where)
          local found = false
          for _, overload in ipairs(item.overloads) do
            found = found or overload:find(('event: "%s"'):format(event.name), 1, true) ~= nil
          end
          assert.is_true(found, item.where .. ": " .. event.name)
        end
      end
    end
  end)
end)

describe("docs/reference", function()
  local html = {} -- path -> its text
  for _, path in ipairs(tree.files("docs/reference", "%.html$")) do
    html[path] = tree.read(path)
  end

  local function anchors(path)
    local found = {}
    for name in html[path]:gmatch('<a name *= *"([^"]*)"') do
      found[name] = true
    end
    return found
  end

  -- "a/b/../c" -> "a/c"
  local function simplified(path)
    local before
    repeat
      before, path = path, path:gsub("[^/]+/%.%./", "", 1)
    until path == before
    return path
  end

  it("has all that is in types/: `make docs` makes it so", function()
    -- It is not made with every step: `make lint` says when it is due.
    if api.sum() ~= tree.read("docs/reference/types.sum"):match("%d+") then return pending("make docs") end
    for _, page in ipairs(pages) do
      local is_class = html["docs/reference/classes/" .. page.name .. ".html"]
      local path = ("docs/reference/%s/%s.html"):format(is_class and "classes" or "modules", page.name)
      assert.truthy(html[path], path)
      local found = anchors(path)
      local prefix = is_class and page.name .. "." or ""
      for _, item in ipairs(page.functions) do
        assert.is_true(found[prefix .. item.name], path .. ": " .. item.name)
      end
      for _, event in ipairs(page.events) do
        assert.is_true(found[prefix .. event.name .. "_event"], path .. ": " .. event.name)
      end
      for _, field in ipairs(page.fields) do
        if not field.name:find("^_%l") then assert.is_true(found[prefix .. field.name], path .. ": " .. field.name) end
      end
    end
  end)

  it("shows no Markdown that was not understood, and fits a phone", function()
    for path, text in pairs(html) do
      local shown = text:gsub("<pre.-</pre>", ""):gsub("<[^>]*>", "")
      assert.is_nil(shown:match("[^\n]*[`][^\n]*"), path)
      assert.truthy(text:find('name="viewport"', 1, true), path)
    end
  end)

  it("has no link that leads nowhere", function()
    local count = 0
    for path, text in pairs(html) do
      for target in text:gmatch('href="([^"]+)"') do
        if not target:find("^https?:") then
          local file, anchor = target:match("^([^#]*)#?(.*)$")
          local where = file == "" and path or simplified(path:match("^(.*/)") .. file)
          assert.equal("file", lfs.attributes(where, "mode"), path .. ": " .. target)
          if anchor ~= "" then assert.is_true(anchors(where)[anchor], path .. ": " .. target) end
          count = count + 1
        end
      end
    end
    assert.is_true(count > 500)
  end)
end)

describe("docs/design.md", function()
  local text = tree.read("docs/design.md")

  local function exists(path) return lfs.attributes(path, "mode") == "file" end

  -- Where a function begins: a line of a C file's own, or Lua's `function NAME(`.
  local function defines(source, path, name)
    if path:find("%.lua$") then return source:find("function " .. name .. "(", 1, true) ~= nil end
    return ("\n" .. source):find("\n[%w_][^\n;]*%f[%w_]" .. name .. "%(") ~= nil
  end

  it("names files that are there", function()
    local missing, count = {}, 0
    for path in text:gmatch("`([%w_/.-]+%.%a+)`") do
      if path:find("%.lua$") or path:find("%.[ch]$") or path:find("%.md$") then
        count = count + 1
        if not (exists(path) or exists("lua/uvnet/" .. path) or exists("src/" .. path)) then
          missing[#missing + 1] = path
        end
      end
    end
    assert.same({}, missing)
    assert.is_true(count > 50)
  end)

  it("names functions where they are", function()
    local missing, count = {}, 0
    for name, path in text:gmatch("`([%w_.:]+)`%s+in%s+`([%w_/.]+)`") do
      count = count + 1
      if not (exists(path) and defines(tree.read(path), path, name)) then
        missing[#missing + 1] = name .. " in " .. path
      end
    end
    assert.same({}, missing)
    assert.is_true(count > 30)
  end)
end)
