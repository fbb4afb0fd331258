--- The rockspec lists what the tree holds: every C file of the core and every Lua module, each under its name.

local tree = require("spec.support.tree")

-- A rockspec is Lua that sets globals; it gets a table of its own for them.
local function load_rockspec(path)
  local rockspec = {}
  local chunk
  if setfenv then
    chunk = setfenv(assert(loadfile(path)), rockspec)
  else
    chunk = assert(loadfile(path, "t", rockspec))
  end
  chunk()
  return rockspec
end

describe("the rockspec of a release", function()
  it("is what tools/rockspec.sh makes of the development one, and has the module's version", function()
    local dev, release = load_rockspec("uvnet-dev-1.rockspec"), load_rockspec("uvnet-0.1.0-1.rockspec")
    assert.equal(require("net")._VERSION, "uvnet " .. release.version:match("^(.-)%-%d+$"))
    dev.version, dev.source, release.version, release.source = nil, nil, nil, nil
    assert.same(dev, release)
  end)
end)

describe("the rockspec", function()
  local rockspec = load_rockspec("uvnet-dev-1.rockspec")
  local modules = rockspec.build.modules

  it("builds the core of every C file", function()
    local sources = {}
    for i, path in ipairs(modules["uvnet.core"].sources) do
      sources[i] = path
    end
    table.sort(sources)
    assert.same(tree.files("src", "%.c$"), sources)
  end)

  it("installs every Lua module under its name", function()
    local expected, listed = {}, {}
    for _, path in ipairs(tree.files("lua", "%.lua$")) do
      expected[tree.module_of(path)] = path
    end
    for name, what in pairs(modules) do
      if type(what) == "string" then listed[name] = what end
    end
    assert.same(expected, listed)
  end)

  it("brings the documentation, the examples and the types along", function()
    for _, directory in ipairs(rockspec.build.copy_directories) do
      assert.is_true(#tree.files(directory, "%.%a+$") > 0, directory)
    end
    assert.same({ "docs", "examples", "types" }, rockspec.build.copy_directories)
  end)

  it("asks for libuv, names the system's libraries, and is tested by busted", function()
    assert.equal("3.0", rockspec.rockspec_format)
    assert.equal("builtin", rockspec.build.type)
    assert.same({ header = "uv.h", library = "uv" }, rockspec.external_dependencies.LIBUV)
    assert.equal("busted", rockspec.test.type)
    for _, platform in ipairs({ "linux", "macosx", "freebsd", "netbsd", "openbsd", "windows" }) do
      local libraries = rockspec.build.platforms[platform].modules["uvnet.core"].libraries
      assert.equal("uv", libraries[1], platform)
    end
  end)
end)
