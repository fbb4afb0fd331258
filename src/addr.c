/* Socket addresses: text to sockaddr, sockaddr to Lua, and what an IP address is.
 * Floor 0.
 * Owns no memory. */
#include "addr.h"

#include <string.h>

enum {
  MAX_PORT = 65535,
  MAX_OCTET = 255,
  OCTETS = 4,
  GROUPS = 8, /* of an IPv6 address */
  GROUP_DIGITS = 4,
  GROUPS_OF_IPV4 = 2, /* that a dotted tail stands for */
};

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static int is_zone_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == ':';
}

static int is_ipv4(const char *s, const char *end) {
  for (int octet = 1; octet <= OCTETS; octet++) {
    const char *start = s;
    int value = 0;
    while (s < end && is_digit(*s) && value <= MAX_OCTET) value = value * 10 + (*s++ - '0');
    if (s == start || value > MAX_OCTET) return 0;
    if (*start == '0' && s - start > 1) return 0;
    if (octet < OCTETS && (s == end || *s++ != '.')) return 0;
  }
  return s == end;
}

/* Groups of hex digits; "::" once for one or more groups of zeros; the last 32 bits may be dotted. */
static int is_ipv6(const char *s, const char *end) {
  int groups = 0;
  int compressed = 0;
  if (end - s >= 2 && s[0] == ':' && s[1] == ':') {
    compressed = 1;
    s += 2;
    if (s == end) return 1;
  }
  for (;;) {
    const char *start = s;
    while (s < end && is_hex_digit(*s) && s - start < GROUP_DIGITS) s++;
    if (s == start) return 0;
    if (s < end && *s == '.') {
      if (!is_ipv4(start, end)) return 0;
      groups += GROUPS_OF_IPV4;
      break;
    }
    if (++groups > GROUPS) return 0;
    if (s == end) break;
    if (*s++ != ':' || s == end) return 0;
    if (*s == ':') {
      if (compressed) return 0;
      compressed = 1;
      s++;
      if (s == end) break;
    }
  }
  return compressed ? groups < GROUPS : groups == GROUPS;
}

static int is_zone(const char *s, const char *end) {
  if (s == end) return 0;
  while (s < end && is_zone_char(*s)) s++;
  return s == end;
}

int net_addr_isip(const char *s, size_t len) {
  const char *end = s + len;
  if (is_ipv4(s, end)) return 4;
  const char *percent = len > 0 ? memchr(s, '%', len) : NULL;
  if (percent == NULL) return is_ipv6(s, end) ? 6 : 0;
  return is_ipv6(s, percent) && is_zone(percent + 1, end) ? 6 : 0;
}

int net_addr_parse(const char *ip, int port, struct sockaddr_storage *out) {
  if (port < 0 || port > MAX_PORT) return UV_EINVAL;
  memset(out, 0, sizeof *out);
  if (strchr(ip, ':') == NULL) return uv_ip4_addr(ip, port, (struct sockaddr_in *)out);

  /* libuv cuts what stands before the zone to 39 bytes, which makes another address of a long dotted one. */
  char address[INET6_ADDRSTRLEN];
  const char *percent = strchr(ip, '%');
  size_t length = percent != NULL ? (size_t)(percent - ip) : strlen(ip);
  if (length >= sizeof address) return UV_EINVAL;
  memcpy(address, ip, length);
  address[length] = '\0';

  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
  int err = uv_ip6_addr(address, port, in6);
  if (err != 0 || percent == NULL) return err;
  struct sockaddr_in6 zone;
  char any[sizeof "::%" + UV_IF_NAMESIZE] = "::";
  size_t zone_length = strlen(percent);
  if (zone_length >= sizeof any - 2) return 0;
  memcpy(any + 2, percent, zone_length + 1);
  if (uv_ip6_addr(any, 0, &zone) == 0) in6->sin6_scope_id = zone.sin6_scope_id;
  return 0;
}

static int push_ipv4(lua_State *L, const struct sockaddr_in *in) {
  char ip[INET_ADDRSTRLEN];
  uv_ip4_name(in, ip, sizeof ip);
  lua_pushstring(L, ip);
  lua_pushinteger(L, ntohs(in->sin_port));
  lua_pushliteral(L, "IPv4");
  return 3;
}

static int push_ipv6(lua_State *L, const struct sockaddr_in6 *in6) {
  char ip[INET6_ADDRSTRLEN];
  char zone[UV_IF_NAMESIZE];
  size_t zone_length = sizeof zone;
  uv_ip6_name(in6, ip, sizeof ip);
  int has_zone = IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) && in6->sin6_scope_id != 0;
  /* An interface may be gone by now: its number still tells it from others. */
  if (!has_zone) {
    lua_pushstring(L, ip);
  } else if (uv_if_indextoiid(in6->sin6_scope_id, zone, &zone_length) == 0) {
    lua_pushfstring(L, "%s%%%s", ip, zone);
  } else {
    lua_pushfstring(L, "%s%%%d", ip, (int)in6->sin6_scope_id);
  }
  lua_pushinteger(L, ntohs(in6->sin6_port));
  lua_pushliteral(L, "IPv6");
  return 3;
}

int net_addr_push(lua_State *L, const struct sockaddr *sa) {
  if (sa->sa_family == AF_INET) return push_ipv4(L, (const struct sockaddr_in *)sa);
  if (sa->sa_family == AF_INET6) return push_ipv6(L, (const struct sockaddr_in6 *)sa);
  for (int i = 0; i < 3; i++) lua_pushnil(L);
  return 3;
}

/* isIP(value): 4, 6 or 0. Only a string can be an address. */
static int addr_isip(lua_State *L) {
  size_t length;
  int version = 0;
  if (lua_type(L, 1) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, 1, &length);
    version = net_addr_isip(text, length);
  }
  lua_pushinteger(L, version);
  return 1;
}

void net_addr_open(lua_State *L) {
  lua_pushcfunction(L, addr_isip);
  lua_setfield(L, -2, "isIP");
}
