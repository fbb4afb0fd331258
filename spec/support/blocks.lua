--- The Lua blocks of Markdown files, and of the comments of types/, as programs that can be run.

local lfs = require("lfs")
local testing = require("uvnet.testing")
local child = require("spec.support.child")
local tree = require("spec.support.tree")

local load_text = loadstring or load -- luacheck: ignore 113

local blocks = {}

--- The Lua blocks of a file, in order.
-- @tparam string path
-- @treturn {table,...} each with `text`, `heading` (of the section it stands in), `line` (of its first line) and, if it
--   begins with a comment that is a file's name, `name`
function blocks.of(path)
  local found, heading, block = {}, "", nil
  local number = 0
  local is_comment = path:find("%.lua$")
  for text in (tree.read(path) .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local line = is_comment and (text:match("^%-%-%-(.*)$") or "") or text
    if block then
      if line == "```" then
        block.text = table.concat(block.lines, "\n") .. "\n"
        block.name = block.lines[1]:match("^%-%- ([%w_]+%.lua)$")
        found[#found + 1], block = block, nil
      else
        block.lines[#block.lines + 1] = line
      end
    elseif line == "```lua" then
      block = { lines = {}, heading = heading, line = number + 1 }
    else
      heading = line:match("^#+ (.*)$") or heading
    end
  end
  assert(not block, path .. ": a block is not closed")
  return found
end

--- Runs the block of a file that has a name, and gives back what it returns.
function blocks.load(path, name)
  for _, block in ipairs(blocks.of(path)) do
    if block.name == name then return assert(load_text(block.text, "@" .. name))() end
  end
  error(path .. " has no " .. name)
end

--- What it says that is printed: the text behind each `-->`.
function blocks.promised(block)
  local lines = {}
  for _, line in ipairs(block.lines) do
    local text = line:match("%-%->%s*(.-)%s*$")
    if text then lines[#lines + 1] = text .. "\n" end
  end
  return table.concat(lines)
end

local PORTS = { "8124", "8125" }
local PATH = "/tmp/uvnet-readme.sock"

--- The ports and the path that blocks name are of this machine's user; a run gets free ones.
-- @treturn table `ports`, `path`
function blocks.addresses()
  local ports = {}
  for i in ipairs(PORTS) do
    repeat
      ports[i] = testing.freePort()
    until ports[i] ~= ports[i - 1]
  end
  return { ports = ports, path = testing.tmpPath() }
end

-- In place of a literal, another: not as a pattern.
local function replaced(text, literal, other)
  return (text:gsub(literal:gsub("%p", "%%%0"), (tostring(other):gsub("%%", "%%%%"))))
end

--- The block as a whole program, with these addresses.
function blocks.program(block, addresses)
  local text = block.text
  if not block.name then
    if not text:find('net = require("net")', 1, true) then text = 'local net = require("net")\n' .. text end
    text = 'io.stdout:setvbuf("line")\n' .. text -- it is a file, and looked into while the program runs
    if not text:find("\nnet%.run%(%)\n$") then text = text .. "net.run()\n" end
  end
  return blocks.localized(text, { ports = addresses.ports, path = (addresses.path:gsub("\\", "\\\\")) })
end

--- A text with the addresses that it names replaced by these.
function blocks.localized(text, addresses)
  for i, port in ipairs(PORTS) do
    text = replaced(text, port, addresses.ports[i])
  end
  return replaced(text, PATH, addresses.path)
end

--- A directory for the files of one document.
function blocks.directory()
  local path = os.tmpname()
  os.remove(path)
  assert(lfs.mkdir(path))
  return path
end

function blocks.remove(directory)
  for name in lfs.dir(directory) do
    if name ~= "." and name ~= ".." then os.remove(directory .. "/" .. name) end
  end
  lfs.rmdir(directory)
end

function blocks.save(directory, name, text)
  local path = directory .. "/" .. name
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

--- The command that runs a file of the directory, which finds the directory's other files as modules.
function blocks.command(directory, ...)
  local path = package.path
  package.path = directory .. "/?.lua;" .. path
  local command = child.lua(...)
  package.path = path
  return command
end

return blocks
