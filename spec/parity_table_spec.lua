--- docs/parity.md: a table whose rows name specs and cases that are there, and whose items leave no heading out.

local lfs = require("lfs")
local tree = require("spec.support.tree")

-- The headings of Node's documentation of `net`. Those with ## are the sections of the table; each of the others, and
-- each section that has none, is the beginning of an item there.
local HEADINGS = [[
## IPC Support
### Identifying paths for IPC connections
## Class: net.Server
### new net.Server([options][, connectionListener])
### Event: 'close'
### Event: 'connection'
### Event: 'error'
### Event: 'listening'
### server.address()
### server.close([callback])
### server.connections
### server.getConnections(callback)
### server.listen()
#### server.listen(handle[, backlog][, callback])
#### server.listen(options[, callback])
#### server.listen(path[, backlog][, callback])
#### server.listen([port][, host][, backlog][, callback])
### server.listening
### server.maxConnections
### server.ref()
### server.unref()
## Class: net.Socket
### new net.Socket([options])
### Event: 'close'
### Event: 'connect'
### Event: 'data'
### Event: 'drain'
### Event: 'end'
### Event: 'error'
### Event: 'lookup'
### Event: 'timeout'
### socket.address()
### socket.bufferSize
### socket.bytesRead
### socket.bytesWritten
### socket.connect()
#### socket.connect(options[, connectListener])
#### socket.connect(path[, connectListener])
#### socket.connect(port[, host][, connectListener])
### socket.connecting
### socket.destroy([exception])
### socket.destroyed
### socket.end([data][, encoding])
### socket.localAddress
### socket.localPort
### socket.pause()
### socket.ref()
### socket.remoteAddress
### socket.remoteFamily
### socket.remotePort
### socket.resume()
### socket.setEncoding([encoding])
### socket.setKeepAlive([enable][, initialDelay])
### socket.setNoDelay([noDelay])
### socket.setTimeout(timeout[, callback])
### socket.unref()
### socket.write(data[, encoding][, callback])
## net.connect()
### net.connect(options[, connectListener])
### net.connect(path[, connectListener])
### net.connect(port[, host][, connectListener])
## net.createConnection()
### net.createConnection(options[, connectListener])
### net.createConnection(path[, connectListener])
### net.createConnection(port[, host][, connectListener])
## net.createServer([options][, connectionListener])
## net.isIP(input)
## net.isIPv4(input)
## net.isIPv6(input)
## Class: net.BlockList
### blockList.addAddress(address[, type])
### blockList.addAddresses(addresses[, type])
### blockList.addCIDR(cidr)
### blockList.addCIDRs(cidrs)
### blockList.addRange(start, end[, type])
### blockList.addSubnet(net, prefix[, type])
### blockList.check(address[, type])
### blockList.clear()
### blockList.fromJSON(value)
### BlockList.isBlockList(value)
### BlockList.PRIVATE_RANGES
### blockList.removeAddress(address[, type])
### blockList.removeCIDR(cidr)
### blockList.removeRange(start, end[, type])
### blockList.removeSubnet(net, prefix[, type])
### blockList.rules
### blockList.size
### blockList.toJSON()
## Class: net.SocketAddress
### new net.SocketAddress([options])
### socketaddress.address
### socketaddress.family
### socketaddress.flowlabel
### socketaddress.port
### SocketAddress.parse(input)
## Class: net.BoundSocket
### new net.BoundSocket([options])
### boundSocket.address()
### boundSocket.isPipe
### boundSocket.fd()
### boundSocket.close()
### boundSocket[Symbol.dispose]()
]]

local COLUMNS = 4

local function trimmed(text) return (text:gsub("^%s+", ""):gsub("%s+$", "")) end

-- The cells of a line of a table. Behind a backslash, | is no border.
local function cells_of(line)
  local cells = {}
  for cell in line:gsub("\\|", "\1"):gsub("^|", ""):gmatch("([^|]*)|") do
    cells[#cells + 1] = trimmed((cell:gsub("\1", "|")))
  end
  return cells
end

-- The rows of the tables in a text, each with the heading it stands under.
local function rows_of(text)
  local rows, section, in_body = {}, nil, false
  for line in text:gmatch("[^\n]+") do
    if line:find("^#") then
      section, in_body = line:match("^#+%s+(.*)$"), false
    elseif line:find("^| %-%-%-") then
      in_body = true
    elseif in_body and line:find("^|") then
      rows[#rows + 1] = { section = section, cells = cells_of(line), line = line }
    end
  end
  return rows
end

-- What a cell names: everything between backquotes.
local function names_in(cell)
  local names = {}
  local rest = cell:gsub("`([^`]*)`", function(name)
    names[#names + 1] = name
    return ""
  end)
  return names, trimmed(rest)
end

local titles = {}

-- The titles of the tests in a spec, as a set.
local function titles_of(path)
  if titles[path] then return titles[path] end
  local set = {}
  for title in ("\n" .. tree.read(path)):gsub('\\"', "\1"):gmatch('[^%w_]it%(%s*"([^"\n]*)"%s*,') do
    set[(title:gsub("\1", '"'))] = true
  end
  titles[path] = set
  return set
end

local function is_file(path) return lfs.attributes(path, "mode") == "file" end

local function complaint_about_case(name)
  for _, ending in ipairs({ ".js", ".lua", ".expected" }) do
    local path = "spec/parity/cases/" .. name .. ending
    if not is_file(path) then return path .. " is not there" end
  end
end

local function complaint_about_test(path, title)
  if not is_file(path) then return path .. " is not there" end
  if not titles_of(path)[title] then return ("%s has no test '%s'"):format(path, title) end
end

-- What is wrong with a name in the third column, or nil.
local function complaint_about(name)
  local case = name:match("^parity: (%S+)$")
  if case then return complaint_about_case(case) end
  local path, title = name:match('^(spec/%S+_spec%.lua): "(.+)"$')
  if path then return complaint_about_test(path, title) end
  return "this is neither a test nor a case: " .. name
end

-- The difference that a case shows: the row of docs/differences.md that its trace names, or nil.
local function difference_of(name)
  local case = name:match("^parity: (%S+)$")
  if not case or complaint_about_case(case) then return nil end
  return tree.read("spec/parity/cases/" .. case .. ".expected"):match("^# docs/differences%.md: ([^\n]*)")
end

local function matters_of(text)
  local matters = {}
  for _, row in ipairs(rows_of(text)) do
    matters[row.cells[1]] = true
  end
  return matters
end

-- Everything that is wrong with the rows of the table.
local function complaints_about(rows, matters)
  local complaints, seen = {}, {}
  for _, row in ipairs(rows) do
    local function complain(text) complaints[#complaints + 1] = text .. ": " .. row.line end
    local item, here, shown_by, differs = (table.unpack or unpack)(row.cells, 1, COLUMNS) -- luacheck: ignore 143
    if #row.cells ~= COLUMNS then
      complain(("%d columns instead of %d"):format(#row.cells, COLUMNS))
    else
      local key = row.section .. "\n" .. item
      if seen[key] then complain("the item stands here twice") end
      seen[key] = true
      if item == "" or here == "" then complain("the item, or what it is here, is missing") end
      local names, rest = names_in(shown_by)
      if #names == 0 or rest ~= "" then complain("what shows it is not named") end
      for _, name in ipairs(names) do
        local complaint = complaint_about(name)
        if complaint then complain(complaint) end
        local difference = difference_of(name)
        if difference and difference ~= differs then complain(name .. " shows a difference: " .. difference) end
      end
      if differs ~= "" and not matters[differs] then complain("no row of docs/differences.md: " .. differs) end
    end
  end
  return complaints
end

-- The headings that no item stands for.
local function left_out(headings, rows)
  local missing, section = {}, nil
  local function stands_for(row, title)
    if row.section ~= section then return false end
    local quoted = "`" .. title .. "`"
    local item = row.cells[1]
    return item == quoted or item:sub(1, #quoted + 1) == quoted .. ":"
  end
  for line in headings:gmatch("[^\n]+") do
    local level, title = line:match("^(#+)%s+(.*)$")
    if level == "##" then section = title end
    local found = false
    for _, row in ipairs(rows) do
      found = found or stands_for(row, title)
    end
    if not found then missing[#missing + 1] = section .. " / " .. title end
  end
  return missing
end

describe("docs/parity.md", function()
  local rows = rows_of(tree.read("docs/parity.md"))
  local matters = matters_of(tree.read("docs/differences.md"))

  it("has a row for every statement", function() assert.is_true(#rows >= 150) end)

  it("names tests, cases and differences that are there, and no item twice", function()
    assert.same({}, complaints_about(rows, matters))
  end)

  it("leaves no heading of the documentation out", function() assert.same({}, left_out(HEADINGS, rows)) end)

  it("puts nothing off", function()
    for _, row in ipairs(rows) do
      assert.is_nil(row.line:lower():find("not yet", 1, true), row.line)
    end
  end)

  describe("'s spec sees", function()
    local function table_of(...)
      return rows_of("## Here\n\n| item | here | shown by | differs |\n| --- | --- | --- | --- |\n"
        .. table.concat({ ... }, "\n") .. "\n")
    end

    local function complaints(...)
      local list = complaints_about(table_of(...), { ["a `row`"] = true })
      for i, text in ipairs(list) do
        list[i] = text:match("^(.-): |")
      end
      return list
    end

    it("a \"title\" in quotes", function()
      local shown_by = '`spec/parity_table_spec.lua: "a "title" in quotes"`'
      assert.same({}, complaints("| `x` | works | " .. shown_by .. " | a `row` |"))
    end)

    it("a test or a case that is not there", function()
      for shown_by, complaint in pairs({
        ['`spec/no_spec.lua: "x"`'] = "spec/no_spec.lua is not there",
        ['`spec/parity_table_spec.lua: "x"`'] = "spec/parity_table_spec.lua has no test 'x'",
        ["`parity: nothing`"] = "spec/parity/cases/nothing.js is not there",
        ["`socket-echo`"] = "this is neither a test nor a case: socket-echo",
        ["`parity: socket-echo` and others"] = "what shows it is not named",
        [""] = "what shows it is not named",
      }) do
        assert.same({ complaint }, complaints("| a | b | " .. shown_by .. " | |"))
      end
    end)

    it("a difference that is not there, or that is not named", function()
      assert.same({ "no row of docs/differences.md: a" }, complaints("| a | b | `parity: socket-echo` | a |"))
      assert.same(
        { "parity: ipc-path-too-long shows a difference: a path that is too long" },
        complaints("| a | b | `parity: ipc-path-too-long` | |")
      )
    end)

    it("an item that stands twice, and a row of the wrong width", function()
      local row = "| `a` | b | `parity: socket-echo` | |"
      assert.same({ "the item stands here twice" }, complaints(row, row))
      assert.same({}, complaints(row, "| `a \\| b` | b | `parity: socket-echo` | |"))
      assert.same({ "3 columns instead of 4" }, complaints("| `a` | b | `parity: socket-echo` |"))
      assert.same({ "the item, or what it is here, is missing" }, complaints("| `a` | | `parity: socket-echo` | |"))
    end)

    it("a heading that is left out", function()
      local headings = "## Here\n### a()\n### a.b\n### c()\n"
      local few = table_of("| `Here` | | | |", "| `a()`: first | | | |", "| `a.bc` | | | |", "| `c()` | | | |")
      assert.same({ "Here / a.b" }, left_out(headings, few))
      assert.same({ "There / There", "There / c()" }, left_out("## Here\n### c()\n## There\n### c()\n", few))
    end)
  end)
end)
