/* The encodings for Lua: encode(text, encoding), and a decoder with write and finish.
 * Floor 1.
 * Owns no memory: a decoder is a userdata, and so is the room for a long result. */
#include "codec.h"

#include "compat.h"
#include "utf8.h"

enum { SHORT_RESULT = 1024 }; /* bytes that need no room from Lua */

static const char decoder_name[] = "uvnet.decoder";

static enum net_encoding check_encoding(lua_State *L, int index) {
  static const char *const names[] = {"utf8",   "ascii",     "latin1",  "hex",
                                      "base64", "base64url", "utf16le", NULL};
  static const enum net_encoding encodings[] = {
      NET_UTF8, NET_ASCII, NET_LATIN1, NET_HEX, NET_BASE64, NET_BASE64URL, NET_UTF16LE,
  };
  return encodings[luaL_checkoption(L, index, NULL, names)];
}

/* No encoding makes more than three bytes of one, and a decoder adds a few of its own. */
static void check_length(lua_State *L, size_t length) {
  if (length > (size_t)-1 / 3 - NET_DECODER_REST) luaL_error(L, "string too long to convert");
}

/* encode(text, encoding): the bytes that a text stands for. */
static int codec_encode(lua_State *L) {
  size_t length;
  char room[SHORT_RESULT];
  const char *text = luaL_checklstring(L, 1, &length);
  enum net_encoding encoding = check_encoding(L, 2);
  lua_settop(L, 2);
  if (encoding == NET_UTF8) {
    lua_pushvalue(L, 1);
    return 1;
  }
  check_length(L, length);
  size_t bound = net_encode_bound(encoding, length);
  char *out = bound <= sizeof room ? room : net_newuserdata(L, bound);
  lua_pushlstring(L, out, net_encode(encoding, text, length, out));
  return 1;
}

/* decoder:write(bytes): the text of the next bytes. */
static int decoder_write(lua_State *L) {
  size_t length;
  char room[SHORT_RESULT];
  struct net_decoder *decoder = luaL_checkudata(L, 1, decoder_name);
  const char *data = luaL_checklstring(L, 2, &length);
  lua_settop(L, 2);
  if (net_decoder_is_plain(decoder, data, length)) {
    lua_pushvalue(L, 2);
    return 1;
  }
  check_length(L, length);
  size_t bound = net_decoder_bound(decoder, data, length);
  char *out = bound <= sizeof room ? room : net_newuserdata(L, bound);
  lua_pushlstring(L, out, net_decoder_write(decoder, data, length, out));
  return 1;
}

/* decoder:finish(): the text of what is left. The decoder can be used anew. */
static int decoder_finish(lua_State *L) {
  char rest[NET_DECODER_REST];
  struct net_decoder *decoder = luaL_checkudata(L, 1, decoder_name);
  lua_pushlstring(L, rest, net_decoder_finish(decoder, rest));
  return 1;
}

/* decoder:isWaiting(): whether something is held back. */
static int decoder_is_waiting(lua_State *L) {
  const struct net_decoder *decoder = luaL_checkudata(L, 1, decoder_name);
  lua_pushboolean(L, decoder->pending > 0);
  return 1;
}

static const luaL_Reg decoder_methods[] = {
    {"write", decoder_write},
    {"isWaiting", decoder_is_waiting},
    {"finish", decoder_finish},
    {NULL, NULL},
};

/* decoder(encoding): what makes text of bytes that come in pieces. */
static int codec_decoder(lua_State *L) {
  enum net_encoding encoding = check_encoding(L, 1);
  struct net_decoder *decoder = net_newuserdata(L, sizeof *decoder);
  net_decoder_init(decoder, encoding);
  luaL_getmetatable(L, decoder_name);
  lua_setmetatable(L, -2);
  return 1;
}

/* isUtf8(text) */
static int codec_is_utf8(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_pushboolean(L, net_utf8_complete_prefix(text, length) == length);
  return 1;
}

static const luaL_Reg codec_functions[] = {
    {"isUtf8", codec_is_utf8},
    {"encode", codec_encode},
    {"decoder", codec_decoder},
    {NULL, NULL},
};

void net_codec_open(lua_State *L) {
  luaL_newmetatable(L, decoder_name);
  lua_newtable(L);
  net_setfuncs(L, decoder_methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  net_setfuncs(L, codec_functions, 0);
}
