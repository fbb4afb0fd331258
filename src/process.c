/* Child processes.
 * Floor 7.
 * Owns no memory but each net_process; what uv_spawn reads lies in userdata. */
#include "process.h"

#include <string.h>

#include "descriptors.h"
#include "fail.h"
#include "inherit.h"
#include "stream.h"

typedef struct net_process {
  net_handle handle;
  uv_process_t uv;
} net_process;

static net_process *check_process(lua_State *L) {
  return (net_process *)net_handle_check_type(L, 1, &net_process_type);
}

/* ---- its end ---- */

struct exit_event {
  net_event event;
  int64_t status;
  int signal;
};

static int push_exit(lua_State *L, net_event *event) {
  const struct exit_event *ended = (const struct exit_event *)event;
  lua_pushinteger(L, (lua_Integer)ended->status);
  lua_pushinteger(L, ended->signal);
  return 2;
}

static void on_exit(uv_process_t *uv, int64_t status, int signal) {
  struct exit_event ended = {{net_handle_from(uv), NET_ON_EXIT, push_exit}, status, signal};
  net_handle_tell(&ended.event);
}

/* ---- its beginning ---- */

struct spawn {
  uv_process_options_t options;
  int status; /* what uv_spawn said */
};

struct search {
  const uv_handle_t *handle;
  int found;
};

/* cppcheck-suppress constParameter ; libuv says what it takes */
static void compare(uv_handle_t *handle, void *search) {
  if (handle == ((struct search *)search)->handle) ((struct search *)search)->found = 1;
}

/* Where libuv cannot start the process, the handle is its own nevertheless and has to be closed; but newer versions give
 * it back where it is descriptors that there are not enough of, and must not see it again. Only the list of the loop's
 * handles tells. */
static int init_process(net_loop *loop, net_handle *handle, const void *argument) {
  struct spawn *spawn = *(struct spawn *const *)argument;
  unsigned held = net_descriptors_hold(); /* for the ends of the child's pipes that are ours */
  spawn->status = net_inherit_spawn(loop->uv, &((net_process *)handle)->uv, &spawn->options);
  net_descriptors_release(held);
  if (spawn->status >= 0) return 0;
  struct search search = {(const uv_handle_t *)&((net_process *)handle)->uv, 0};
  uv_walk(loop->uv, compare, &search);
  return search.found ? 0 : spawn->status;
}

static const char *optional_string(lua_State *L, int table, const char *field) {
  lua_getfield(L, table, field);
  const char *text = lua_isnil(L, -1) ? NULL : luaL_checkstring(L, -1);
  lua_pop(L, 1); /* the table keeps it */
  return text;
}

/* A list of strings as C has it; it lies in a userdata that stays on the stack. NULL for nil. */
static char **string_list(lua_State *L, int table, const char *field) {
  lua_getfield(L, table, field);
  int list = lua_gettop(L);
  if (lua_isnil(L, list)) return NULL;
  luaL_checktype(L, list, LUA_TTABLE);
  size_t count = lua_rawlen(L, list);
  char **strings = (char **)net_newuserdata(L, (count + 1) * sizeof *strings);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, list, (int)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "a list of strings expected");
    strings[i] = (char *)lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  strings[count] = NULL;
  return strings;
}

/* What the child gets at a descriptor: false, nothing; a number, that descriptor; a handle, its stream; { handle }, a
 * new pipe whose other end is that handle. */
static void read_stdio(lua_State *L, int index, uv_stdio_container_t *stdio) {
  stdio->flags = UV_IGNORE;
  if (lua_type(L, index) == LUA_TNUMBER) {
    stdio->flags = UV_INHERIT_FD;
    stdio->data.fd = net_check_int(L, index);
    return;
  }
  if (!lua_toboolean(L, index)) return;
  int is_pipe = lua_istable(L, index);
  if (is_pipe) {
    lua_rawgeti(L, index, 1);
    index = lua_gettop(L);
  }
  net_stream *stream = net_stream_check(L, index);
  if (stream == NULL) luaL_error(L, "an open stream expected");
  stdio->flags = is_pipe ? UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE : UV_INHERIT_STREAM;
  stdio->data.stream = &stream->uv.stream;
}

static void read_all_stdio(lua_State *L, int table, uv_process_options_t *options) {
  lua_getfield(L, table, "stdio");
  int list = lua_gettop(L);
  luaL_checktype(L, list, LUA_TTABLE);
  int count = (int)lua_rawlen(L, list);
  options->stdio_count = count;
  options->stdio = (uv_stdio_container_t *)net_newuserdata(L, ((size_t)count + 1) * sizeof *options->stdio);
  int top = lua_gettop(L);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, list, i + 1);
    read_stdio(L, top + 1, &options->stdio[i]);
    lua_settop(L, top);
  }
}

static int has_flag(lua_State *L, int table, const char *field) {
  lua_getfield(L, table, field);
  int is_set = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is_set;
}

static unsigned read_id(lua_State *L, int table, const char *field, unsigned *flags, unsigned flag) {
  lua_getfield(L, table, field);
  unsigned id = lua_isnil(L, -1) ? 0 : (unsigned)net_check_int(L, -1);
  if (!lua_isnil(L, -1)) *flags |= flag;
  lua_pop(L, 1);
  return id;
}

/* process(options, owner): file, args, env, cwd, stdio, uid, gid, detached, windowsHide, windowsVerbatimArguments. Its
 * handle, which belongs to the owner and tells it of the end by _onexit(status, signal). */
static int process_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  struct spawn spawn, *argument = &spawn;
  memset(&spawn, 0, sizeof spawn);
  uv_process_options_t *options = &spawn.options;
  options->exit_cb = on_exit;
  options->file = optional_string(L, 1, "file");
  options->cwd = optional_string(L, 1, "cwd");
  options->args = string_list(L, 1, "args");
  options->env = string_list(L, 1, "env");
  if (options->file == NULL || options->args == NULL) return luaL_error(L, "file and args expected");
  read_all_stdio(L, 1, options);
  if (has_flag(L, 1, "detached")) options->flags |= UV_PROCESS_DETACHED;
  if (has_flag(L, 1, "windowsHide")) options->flags |= UV_PROCESS_WINDOWS_HIDE;
  if (has_flag(L, 1, "windowsVerbatimArguments")) options->flags |= UV_PROCESS_WINDOWS_VERBATIM_ARGUMENTS;
  options->uid = (uv_uid_t)read_id(L, 1, "uid", &options->flags, UV_PROCESS_SETUID);
  options->gid = (uv_gid_t)read_id(L, 1, "gid", &options->flags, UV_PROCESS_SETGID);

  /* The place for the owner is made first: a child of whose end nobody would hear must not run. */
  net_box *box = net_box_push(L, &net_process_type);
  net_loop_push_objects(L);
  int objects = lua_gettop(L);
  lua_pushvalue(L, 2);
  int ref = luaL_ref(L, objects);
  int status = 0;
  net_handle *handle = net_handle_new(net_loop_upvalue(L), net_type_upvalue(L), &argument, &status);
  if (handle != NULL && spawn.status == 0) {
    net_box_take(box, handle);
    handle->ref = ref;
    handle->owner = lua_topointer(L, 2);
    lua_settop(L, objects - 1);
    return 1;
  }
  luaL_unref(L, objects, ref);
  if (handle != NULL) {
    status = spawn.status;
    net_handle_close(handle, NET_TELL_NOBODY);
  }
  return net_fail(L, status);
}

/* ---- methods ---- */

/* pid() */
static int process_pid(lua_State *L) {
  const net_process *process = check_process(L);
  if (process == NULL) return 0;
  lua_pushinteger(L, uv_process_get_pid(&process->uv));
  return 1;
}

/* kill(signal) */
static int process_kill(lua_State *L) {
  net_process *process = check_process(L);
  int number = net_check_int(L, 2);
  if (process == NULL) return net_fail(L, UV_ESRCH);
  return net_done(L, uv_process_kill(&process->uv, number));
}

static const luaL_Reg process_methods[] = {{"pid", process_pid}, {"kill", process_kill}, {NULL, NULL}};
static const luaL_Reg *const methods[] = {process_methods, NULL};

const net_type net_process_type = {
    .name = "process",
    .size = sizeof(net_process),
    .uv = offsetof(net_process, uv),
    .init = init_process,
    .methods = methods,
    .create = process_create,
};
