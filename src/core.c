/* The C module uvnet.core: puts the parts together, and nothing else.
 * Floor 9.
 * Owns no memory. */
#include <signal.h>
#include <stdlib.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif

#include "addr.h"
#include "blocklist.h"
#include "channel.h"
#include "codec.h"
#include "cursor.h"
#include "dns.h"
#include "fail.h"
#include "fd.h"
#include "framing.h"
#include "pipe.h"
#include "process.h"
#include "serialize.h"
#include "signals.h"
#include "stream.h"
#include "system.h"
#include "tcp.h"
#include "tty.h"

#ifdef _WIN32
#define NET_EXPORT __declspec(dllexport)
#else
#define NET_EXPORT __attribute__((visibility("default")))
#endif

NET_EXPORT int luaopen_uvnet_core(lua_State *L);

enum { NET_KEPT_FREE = 8 << 20 }; /* bytes */

#ifdef SIGPIPE
static void do_nothing(int number) { (void)number; }
#endif

/* Writing to a connection that the peer has reset would kill a process in which nobody has thought of the signal. It is
 * handled, and not ignored: the programs that the process starts would inherit that, and `yes | head` never end. */
static void survive_sigpipe(void) {
#ifdef SIGPIPE
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) != 0 || (action.sa_flags & SA_SIGINFO) ||
      action.sa_handler != SIG_DFL)
    return;
  action.sa_handler = do_nothing;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPIPE, &action, NULL);
#endif
}

/* Lua 5.1 and LuaJIT unload a module when they close the state, before finalizers of what is older than the module. Those
 * may call us. So the library has a reference that nobody gives back. */
static void stay_loaded(void) {
  static const char here = 0;
#ifdef _WIN32
  HMODULE module;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, &here, &module);
#else
  Dl_info info;
  if (dladdr(&here, &info) != 0 && info.dli_fname != NULL) dlopen(info.dli_fname, RTLD_LAZY);
#endif
}

/* What is read comes as strings of up to 64 KiB, and the collector frees many at once. By default glibc gives free memory
 * at the heap's end back to the system above 128 KiB, and takes it page by page again for the next strings: at 64 KiB
 * that costs more than the read. It learns to keep more from the first large block that it sees freed, so it is shown
 * one. Other allocators take no notice, and where the user has set MALLOC_TRIM_THRESHOLD_, that stays. */
static void keep_freed_memory(void) {
  /* cppcheck-suppress unusedAllocatedMemory ; that it is freed is all that it is for */
  void *volatile block = malloc(NET_KEPT_FREE / 2);
  free(block);
}

/* strerror(errno) -> code, libuv's sentence. */
static int core_strerror(lua_State *L) {
  int count = net_fail_push(L, net_check_int(L, 1));
  lua_remove(L, -2);
  return count - 1;
}

/* errno("ETIMEDOUT") -> libuv's number. */
static int core_errno(lua_State *L) {
  lua_pushinteger(L, net_fail_number(luaL_checkstring(L, 1)));
  return 1;
}

/* Every type of handle. */
static const net_type *const types[] = {&net_tcp_type,     &net_pipe_type,   &net_tty_type, &net_channel_type,
                                        &net_process_type, &net_signal_type, NULL};

/* A state has one loop, and one core: whoever opens it again gets the same one. */
static const char core_key = 0;

int luaopen_uvnet_core(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"fdType", net_fd_type},
      {"strerror", core_strerror},
      {"errno", core_errno},
      {"forgetListener", net_stream_forget_listener},
      {NULL, NULL},
  };
  lua_rawgetp(L, LUA_REGISTRYINDEX, &core_key);
  if (lua_istable(L, -1)) return 1;
  net_loop *loop = net_loop_open(L);
  net_stream_open(L, loop);
  survive_sigpipe();
  stay_loaded();
  keep_freed_memory();

  lua_newtable(L);
  net_loop_open_functions(L);
  net_setfuncs(L, functions, 0);
  net_handle_open(L, loop, types);
  lua_pushlightuserdata(L, loop);
  lua_pushcclosure(L, net_stream_fast_write, 1);
  lua_setfield(L, -2, "directWrite");
  net_stream_open_tasks(L, loop);
  net_dns_open(L, loop);
  net_addr_open(L);
  net_codec_open(L);
  net_framing_open(L);
  net_cursor_open(L);
  net_blocklist_open(L);
  net_serialize_open(L);
  net_signal_open(L);
  net_system_open(L);
  net_tty_open(loop);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &core_key);
  return 1;
}
