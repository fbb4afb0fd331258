rockspec_format = "3.0"
package = "uvnet"
version = "0.1.0-1"

-- tools/rockspec.sh writes this file. The archive of the release lies beside it: `make rock` makes both one rock.
source = {
  url = "uvnet-0.1.0.tar.gz",
  dir = "uvnet-0.1.0",
}

description = {
  summary = "Node.js's net for Lua: TCP and local sockets on libuv",
  detailed = [[
uvnet has the API of Node.js's `net` module: servers and sockets over TCP, unix sockets and Windows named pipes,
with events, streams, timers and back-pressure. The core is C on libuv; Lua 5.1 to 5.5 and LuaJIT run it.]],
  license = "MIT",
  labels = { "network", "socket", "tcp", "ipc", "libuv", "async" },
}

dependencies = { "lua >= 5.1, < 5.6" }

external_dependencies = {
  LIBUV = { header = "uv.h", library = "uv" },
}

build = {
  type = "builtin",
  modules = {
    ["uvnet.core"] = {
      sources = {
        "src/addr.c",
        "src/blocking.c",
        "src/blocklist.c",
        "src/codec.c",
        "src/codec_decode.c",
        "src/codec_encode.c",
        "src/core.c",
        "src/descriptors.c",
        "src/dns.c",
        "src/fail.c",
        "src/fd.c",
        "src/handle.c",
        "src/listener.c",
        "src/loop.c",
        "src/loop_errors.c",
        "src/loop_fork.c",
        "src/loop_interrupt.c",
        "src/loop_queues.c",
        "src/loop_run.c",
        "src/pipe.c",
        "src/req.c",
        "src/serialize.c",
        "src/stream.c",
        "src/stream_fast.c",
        "src/stream_lazy.c",
        "src/stream_read.c",
        "src/stream_write.c",
        "src/tcp.c",
        "src/trie.c",
        "src/utf8.c",
      },
      defines = { "_GNU_SOURCE" },
      incdirs = { "$(LIBUV_INCDIR)" },
      libdirs = { "$(LIBUV_LIBDIR)" },
      libraries = { "uv" },
    },
    ["net"] = "lua/net.lua",
    ["uvnet.abort"] = "lua/uvnet/abort.lua",
    ["uvnet.base.abort"] = "lua/uvnet/base/abort.lua",
    ["uvnet.base.callable"] = "lua/uvnet/base/callable.lua",
    ["uvnet.base.class"] = "lua/uvnet/base/class.lua",
    ["uvnet.base.codec"] = "lua/uvnet/base/codec.lua",
    ["uvnet.base.inspect"] = "lua/uvnet/base/inspect.lua",
    ["uvnet.base.kept"] = "lua/uvnet/base/kept.lua",
    ["uvnet.base.messages"] = "lua/uvnet/base/messages.lua",
    ["uvnet.base.plain"] = "lua/uvnet/base/plain.lua",
    ["uvnet.dns"] = "lua/uvnet/dns.lua",
    ["uvnet.errors"] = "lua/uvnet/errors.lua",
    ["uvnet.events"] = "lua/uvnet/events.lua",
    ["uvnet"] = "lua/uvnet/init.lua",
    ["uvnet.net.args"] = "lua/uvnet/net/args.lua",
    ["uvnet.net.block_list"] = "lua/uvnet/net/block_list.lua",
    ["uvnet.net.connect"] = "lua/uvnet/net/connect.lua",
    ["uvnet.net.connect_attempts"] = "lua/uvnet/net/connect_attempts.lua",
    ["uvnet.net.fast_path"] = "lua/uvnet/net/fast_path.lua",
    ["uvnet.net.json_strings"] = "lua/uvnet/net/json_strings.lua",
    ["uvnet.net.lazy_state"] = "lua/uvnet/net/lazy_state.lua",
    ["uvnet.net.look_up"] = "lua/uvnet/net/look_up.lua",
    ["uvnet.net.server"] = "lua/uvnet/net/server.lua",
    ["uvnet.net.server_binding"] = "lua/uvnet/net/server_binding.lua",
    ["uvnet.net.server_listening"] = "lua/uvnet/net/server_listening.lua",
    ["uvnet.net.socket"] = "lua/uvnet/net/socket.lua",
    ["uvnet.net.socket_address"] = "lua/uvnet/net/socket_address.lua",
    ["uvnet.net.socket_compiled"] = "lua/uvnet/net/socket_compiled.lua",
    ["uvnet.net.socket_names"] = "lua/uvnet/net/socket_names.lua",
    ["uvnet.net.socket_reading"] = "lua/uvnet/net/socket_reading.lua",
    ["uvnet.net.socket_settings"] = "lua/uvnet/net/socket_settings.lua",
    ["uvnet.net.socket_waiting"] = "lua/uvnet/net/socket_waiting.lua",
    ["uvnet.net.socket_writing"] = "lua/uvnet/net/socket_writing.lua",
    ["uvnet.runtime.idle"] = "lua/uvnet/runtime/idle.lua",
    ["uvnet.runtime.immediates"] = "lua/uvnet/runtime/immediates.lua",
    ["uvnet.runtime.loop"] = "lua/uvnet/runtime/loop.lua",
    ["uvnet.runtime.ticks"] = "lua/uvnet/runtime/ticks.lua",
    ["uvnet.runtime.timer_lists"] = "lua/uvnet/runtime/timer_lists.lua",
    ["uvnet.runtime.timer_queue"] = "lua/uvnet/runtime/timer_queue.lua",
    ["uvnet.stream.after_write"] = "lua/uvnet/stream/after_write.lua",
    ["uvnet.stream.buffer"] = "lua/uvnet/stream/buffer.lua",
    ["uvnet.stream.chunk"] = "lua/uvnet/stream/chunk.lua",
    ["uvnet.stream.destroy"] = "lua/uvnet/stream/destroy.lua",
    ["uvnet.stream.duplex"] = "lua/uvnet/stream/duplex.lua",
    ["uvnet.stream.finished"] = "lua/uvnet/stream/finished.lua",
    ["uvnet.stream.flow"] = "lua/uvnet/stream/flow.lua",
    ["uvnet.stream"] = "lua/uvnet/stream/init.lua",
    ["uvnet.stream.kind"] = "lua/uvnet/stream/kind.lua",
    ["uvnet.stream.pipe"] = "lua/uvnet/stream/pipe.lua",
    ["uvnet.stream.pipeline"] = "lua/uvnet/stream/pipeline.lua",
    ["uvnet.stream.push"] = "lua/uvnet/stream/push.lua",
    ["uvnet.stream.read"] = "lua/uvnet/stream/read.lua",
    ["uvnet.stream.readable"] = "lua/uvnet/stream/readable.lua",
    ["uvnet.stream.state"] = "lua/uvnet/stream/state.lua",
    ["uvnet.stream.text"] = "lua/uvnet/stream/text.lua",
    ["uvnet.stream.transform"] = "lua/uvnet/stream/transform.lua",
    ["uvnet.stream.writable"] = "lua/uvnet/stream/writable.lua",
    ["uvnet.stream.write_queue"] = "lua/uvnet/stream/write_queue.lua",
    ["uvnet.testing"] = "lua/uvnet/testing.lua",
    ["uvnet.testing.check"] = "lua/uvnet/testing/check.lua",
    ["uvnet.testing.leaks"] = "lua/uvnet/testing/leaks.lua",
    ["uvnet.testing.name"] = "lua/uvnet/testing/name.lua",
    ["uvnet.testing.peers"] = "lua/uvnet/testing/peers.lua",
    ["uvnet.testing.public"] = "lua/uvnet/testing/public.lua",
    ["uvnet.testing.waiting"] = "lua/uvnet/testing/waiting.lua",
    ["uvnet.timers"] = "lua/uvnet/timers.lua",
  },
  -- Annotations for editors stand beside the rockspec.
  copy_directories = { "docs", "examples", "types" },
  platforms = {
    linux = { modules = { ["uvnet.core"] = { libraries = { "uv", "pthread", "dl", "rt" } } } },
    macosx = { modules = { ["uvnet.core"] = { libraries = { "uv" } } } },
    freebsd = { modules = { ["uvnet.core"] = { libraries = { "uv", "kvm", "pthread" } } } },
    netbsd = { modules = { ["uvnet.core"] = { libraries = { "uv", "kvm", "pthread" } } } },
    openbsd = { modules = { ["uvnet.core"] = { libraries = { "uv", "kvm", "pthread" } } } },
    windows = {
      modules = {
        ["uvnet.core"] = {
          defines = { "_WIN32_WINNT=0x0602", "WIN32_LEAN_AND_MEAN" },
          libraries = {
            "uv",
            "ws2_32",
            "psapi",
            "iphlpapi",
            "userenv",
            "shell32",
            "advapi32",
            "user32",
            "dbghelp",
            "ole32",
            "uuid",
          },
        },
      },
    },
  },
}

test_dependencies = { "busted" }

test = {
  type = "busted",
}
