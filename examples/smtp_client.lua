-- Sends a mail by SMTP: a dialogue, as it stands in the protocol.
-- usage: lua smtp_client.lua HOST PORT FROM TO <MESSAGE

local net = require("net")
local async = net.async

local host, port, from, to = arg[1], tonumber(arg[2]), arg[3], arg[4]
if not to then
  print("usage: lua smtp_client.lua HOST PORT FROM TO <MESSAGE")
  os.exit(arg[1] == "--help" and 0 or 2)
end

local TIMEOUT = 30000 -- ms for each command

-- An answer may have several lines: `250-…` is followed by more, `250 …` is the last.
local function expect(socket, code)
  local line
  repeat
    line = socket:readLine({ limit = 1000 }) or error("the server has hung up", 0)
  until line:sub(4, 4) ~= "-"
  if line:sub(1, 1) ~= code:sub(1, 1) then error("the server says: " .. line, 0) end
  return line
end

local function command(socket, text, code)
  return async.timeout(TIMEOUT, function()
    socket:writeAll(text .. "\r\n")
    return expect(socket, code)
  end)
end

-- A line with a dot alone would end the message.
local function escaped(message)
  local text = message:gsub("\r?\n", "\r\n"):gsub("\r\n%.", "\r\n.."):gsub("^%.", "..")
  return text:gsub("\r\n$", "") .. "\r\n."
end

local function send(message)
  local socket = async.timeout(TIMEOUT, async.connect, port, host)
  async.timeout(TIMEOUT, expect, socket, "220")
  command(socket, "EHLO localhost", "250")
  command(socket, "MAIL FROM:<" .. from .. ">", "250")
  command(socket, "RCPT TO:<" .. to .. ">", "250")
  command(socket, "DATA", "354")
  local answer = command(socket, escaped(message), "250")
  command(socket, "QUIT", "221")
  socket:destroy()
  return answer
end

-- No loop runs: the main program may wait.
local ok, result = pcall(send, io.read("*a"))
if not ok then
  io.stderr:write(tostring(result), "\n")
  os.exit(1, true)
end
print(result)
