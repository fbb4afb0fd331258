--- A `require` that fails says what to install.

local child = require("spec.support.child")
local testing = require("uvnet.testing")

describe("require, where the core", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function complaint(chunk)
    local _, status, errors = child.run(child.lua("-e", chunk .. ' require("net")'))
    assert.equal(1, status)
    return errors
  end

  -- In the place of a loader: what it says, it says by an error.
  local function loader_says(text) return ('package.preload["uvnet.core"] = function() error(%q) end'):format(text) end

  it("is not there, says how it is built", function()
    local errors = complaint('package.cpath = ""')
    assert.truthy(errors:find("uvnet is not built for Lua " .. _VERSION:match("%d.%d"), 1, true))
    assert.truthy(errors:find("module 'uvnet.core' not found", 1, true))
  end)

  it("does not find libuv, says what to install", function()
    for _, text in ipairs({
      "libuv.so.1: cannot open shared object file: No such file or directory",
      "dlopen(core.so, 6): Library not loaded: /opt/homebrew/opt/libuv/lib/libuv.1.dylib",
      "The specified module could not be found.",
      "core.so: undefined symbol: uv_tcp_close_reset",
    }) do
      local errors = complaint(loader_says(text))
      assert.truthy(errors:find("libuv, 1.44 or later", 1, true))
      assert.truthy(errors:find("install libuv1 (Debian, Ubuntu)", 1, true))
      assert.truthy(errors:find(text, 1, true))
    end
  end)

  it("is of another Lua, says so", function()
    local errors = complaint(loader_says("core.so: undefined symbol: lua_newuserdatauv"))
    assert.truthy(errors:find("built for another Lua", 1, true))
  end)
end)

describe("the module's table", function()
  local net = require("net")

  it("loads what not everybody uses when it is first asked for", function()
    local lazy = getmetatable(net).lazy
    package.preload["spec.lazy"] = function() return { field = 42 } end
    lazy.whole, lazy.part = { "spec.lazy" }, { "spec.lazy", "field" }
    assert.is_nil(package.loaded["spec.lazy"])
    assert.equal(42, net.part)
    assert.equal(package.loaded["spec.lazy"], net.whole)
    assert.equal(42, rawget(net, "part"))
    lazy.whole, lazy.part, net.whole, net.part = nil, nil, nil, nil
    package.preload["spec.lazy"], package.loaded["spec.lazy"] = nil, nil
    assert.is_nil(net.whole)
  end)
end)
