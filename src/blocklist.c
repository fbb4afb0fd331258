/* Lists of rules about IP addresses: net.BlockList.
 * Floor 1.
 * Owns its rules (malloc) and tries, until its userdata is collected.
 *
 * A rule is an address, a subnet or a range. It is kept as it was given, to be shown and to be taken away again; what it
 * means stands in two tries. An IPv4 address is the key that IPv6 maps it to, ::ffff:a.b.c.d. `mapped` holds what an
 * IPv4 address is looked for in, and one that is mapped; `plain` what any IPv6 address is looked for in, as it is. They
 * differ by Node's rule for ranges: one of plain IPv6 addresses holds the mapped ones that lie within, but no IPv4
 * address; a subnet holds both. */
#include "blocklist.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "addr.h"
#include "compat.h"
#include "trie.h"

enum rule_kind { ADDRESS, SUBNET, RANGE, KINDS };

enum {
  MAPPED_BITS = 96, /* of ::ffff:0:0/96 */
  FIRST_BUCKETS = 16,
  IPV4 = 4,
  IPV6 = 6
};

typedef struct endpoint {
  net_key key;
  int family; /* as it was given */
} endpoint;

typedef struct rule {
  struct rule *newer, *older; /* of its kind */
  struct rule *next;          /* in its bucket */
  endpoint start, end;        /* `end` of a range only */
  enum rule_kind kind;
  int prefix; /* of a subnet, as it was given */
} rule;

typedef struct blocklist {
  const void *mark; /* says that this userdata is ours */
  rule *newest[KINDS];
  rule **buckets;
  size_t bucket_count; /* a power of 2 */
  size_t size;
  net_trie mapped, plain;
} blocklist;

static const char list_key = 0; /* its address marks our userdata, and is the key of their metatable */

/* ---- addresses ---- */

static const net_key FIRST_MAPPED = {0, (uint64_t)0xffff << 32};
static const net_key LAST_MAPPED = {0, (uint64_t)0xffffffffffff};

static int is_mapped(net_key key) { return key.high == 0 && key.low >> 32 == 0xffff; }

/* Has it an IPv4 address, mapped or not? */
static int has_ipv4(const endpoint *point) { return point->family == IPV4 || is_mapped(point->key); }

static uint64_t read64(const unsigned char *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}

static void write64(unsigned char *bytes, uint64_t value) {
  for (int i = 7; i >= 0; i--, value >>= 8) bytes[i] = (unsigned char)value;
}

/* Reads an address of this family; a zone is passed over. Returns 0 for what is none. */
static int read_endpoint(const char *text, size_t length, int family, endpoint *point) {
  if (net_addr_isip(text, length) != family) return 0;
  const char *percent = (const char *)memchr(text, '%', length);
  if (percent != NULL) length = (size_t)(percent - text);
  char address[INET6_ADDRSTRLEN];
  unsigned char bytes[16] = {0};
  if (length >= sizeof address) return 0;
  memcpy(address, text, length);
  address[length] = '\0';
  if (family == IPV4) {
    if (uv_inet_pton(AF_INET, address, bytes + 12) != 0) return 0;
    bytes[10] = bytes[11] = 0xff;
  } else if (uv_inet_pton(AF_INET6, address, bytes) != 0) {
    return 0;
  }
  point->key.high = read64(bytes);
  point->key.low = read64(bytes + 8);
  point->family = family;
  return 1;
}

static const char *write_endpoint(const endpoint *point, char *text, size_t size) {
  unsigned char bytes[16];
  write64(bytes, point->key.high);
  write64(bytes + 8, point->key.low);
  if (point->family == IPV4) {
    uv_inet_ntop(AF_INET, bytes + 12, text, size);
  } else {
    uv_inet_ntop(AF_INET6, bytes, text, size);
  }
  return text;
}

/* ---- what a rule means ---- */

static net_key lesser(net_key a, net_key b) { return net_key_compare(a, b) < 0 ? a : b; }
static net_key greater(net_key a, net_key b) { return net_key_compare(a, b) > 0 ? a : b; }

typedef struct meaning {
  int mapped_count, plain_count;
  net_prefix mapped[NET_RANGE_PREFIXES], plain[NET_RANGE_PREFIXES];
} meaning;

static void add_prefix(net_prefix *prefixes, int *count, net_key key, int bits) {
  prefixes[*count].key = net_key_mask(key, bits);
  prefixes[(*count)++].bits = bits;
}

static void subnet_meaning(const rule *one, meaning *out) {
  int bits = one->start.family == IPV4 ? MAPPED_BITS + one->prefix : one->prefix;
  if (bits >= MAPPED_BITS && is_mapped(net_key_mask(one->start.key, bits))) {
    add_prefix(out->mapped, &out->mapped_count, one->start.key, bits);
    return;
  }
  add_prefix(out->plain, &out->plain_count, one->start.key, bits);
  net_key mapped = net_key_mask(FIRST_MAPPED, bits < MAPPED_BITS ? bits : MAPPED_BITS);
  if (net_key_compare(mapped, out->plain[0].key) == 0) {
    add_prefix(out->mapped, &out->mapped_count, FIRST_MAPPED, MAPPED_BITS);
  }
}

static void range_meaning(const rule *one, meaning *out) {
  net_key from = one->start.key;
  net_key to = one->end.key;
  if (has_ipv4(&one->start) && has_ipv4(&one->end)) {
    out->mapped_count = net_range_prefixes(from, to, out->mapped);
    return;
  }
  /* Beside an end of IPv4 only what is mapped can be compared with it. */
  if (one->start.family == IPV4) to = lesser(to, LAST_MAPPED);
  if (one->end.family == IPV4) from = greater(from, FIRST_MAPPED);
  out->plain_count = net_range_prefixes(from, to, out->plain);
}

static void find_meaning(const rule *one, meaning *out) {
  out->mapped_count = out->plain_count = 0;
  if (one->kind == RANGE) {
    range_meaning(one, out);
  } else if (one->kind == SUBNET) {
    subnet_meaning(one, out);
  } else if (is_mapped(one->start.key)) {
    add_prefix(out->mapped, &out->mapped_count, one->start.key, NET_KEY_BITS);
  } else {
    add_prefix(out->plain, &out->plain_count, one->start.key, NET_KEY_BITS);
  }
}

static int is_blocked(const blocklist *list, const endpoint *point) {
  if (is_mapped(point->key) && net_trie_has(&list->mapped, point->key)) return 1;
  return point->family == IPV6 && net_trie_has(&list->plain, point->key);
}

/* ---- the rules ---- */

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value;
  hash *= 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

static size_t hash_of(const rule *one) {
  uint64_t hash = mix((uint64_t)one->kind, one->start.key.high);
  hash = mix(hash, one->start.key.low);
  if (one->kind == SUBNET) hash = mix(hash, (uint64_t)one->prefix);
  if (one->kind == RANGE) hash = mix(mix(hash, one->end.key.high), one->end.key.low);
  return (size_t)mix(hash, 0);
}

static int same_point(const endpoint *a, const endpoint *b) {
  return a->family == b->family && net_key_compare(a->key, b->key) == 0;
}

/* Is it the same rule? An address is, however it is written. */
static int same_rule(const rule *a, const rule *b) {
  if (a->kind != b->kind) return 0;
  if (a->kind == ADDRESS) return net_key_compare(a->start.key, b->start.key) == 0;
  if (!same_point(&a->start, &b->start)) return 0;
  return a->kind == SUBNET ? a->prefix == b->prefix : same_point(&a->end, &b->end);
}

/* Where the newest rule like this one hangs, or the end of its bucket; NULL without buckets. */
static rule **find_rule(const blocklist *list, const rule *like) {
  if (list->buckets == NULL) return NULL;
  rule **link = &list->buckets[hash_of(like) & (list->bucket_count - 1)];
  while (*link != NULL && !same_rule(*link, like)) link = &(*link)->next;
  return link;
}

/* More buckets when there are more rules than those. Without memory for it the old ones do, if there are any. */
static int grow(blocklist *list) {
  if (list->size < list->bucket_count) return 1;
  size_t count = list->bucket_count == 0 ? FIRST_BUCKETS : 2 * list->bucket_count;
  rule **buckets = (rule **)calloc(count, sizeof(rule *));
  if (buckets == NULL) return list->buckets != NULL;
  free(list->buckets);
  list->buckets = buckets;
  list->bucket_count = count;
  /* From the oldest on: in a bucket the newest is found first. */
  for (int kind = 0; kind < KINDS; kind++) {
    rule *one = list->newest[kind];
    while (one != NULL && one->older != NULL) one = one->older;
    for (; one != NULL; one = one->newer) {
      rule **first = &buckets[hash_of(one) & (count - 1)];
      one->next = *first;
      *first = one;
    }
  }
  return 1;
}

/* Adds a rule. Returns 0 when there is no memory; nothing has changed then. */
static int add_rule(blocklist *list, const rule *like) {
  if (like->kind == ADDRESS) {
    rule **known = find_rule(list, like);
    if (known != NULL && *known != NULL) {
      (*known)->start.family = like->start.family; /* it is shown as it came last */
      return 1;
    }
  }
  meaning means;
  find_meaning(like, &means);
  if (!grow(list) || !net_trie_reserve(&list->mapped, means.mapped_count) ||
      !net_trie_reserve(&list->plain, means.plain_count)) {
    return 0;
  }
  rule *made = (rule *)malloc(sizeof *made);
  if (made == NULL) return 0;
  *made = *like;
  made->newer = NULL;
  made->older = list->newest[like->kind];
  if (made->older != NULL) made->older->newer = made;
  list->newest[like->kind] = made;
  rule **first = &list->buckets[hash_of(made) & (list->bucket_count - 1)];
  made->next = *first;
  *first = made;
  list->size++;
  for (int i = 0; i < means.mapped_count; i++) net_trie_add(&list->mapped, &means.mapped[i]);
  for (int i = 0; i < means.plain_count; i++) net_trie_add(&list->plain, &means.plain[i]);
  return 1;
}

static void remove_rule(blocklist *list, const rule *like) {
  rule **link = find_rule(list, like);
  if (link == NULL || *link == NULL) return;
  rule *found = *link;
  meaning means;
  find_meaning(found, &means);
  *link = found->next;
  if (found->newer != NULL) {
    found->newer->older = found->older;
  } else {
    list->newest[found->kind] = found->older;
  }
  if (found->older != NULL) found->older->newer = found->newer;
  free(found);
  list->size--;
  for (int i = 0; i < means.mapped_count; i++) net_trie_remove(&list->mapped, &means.mapped[i]);
  for (int i = 0; i < means.plain_count; i++) net_trie_remove(&list->plain, &means.plain[i]);
}

static void clear(blocklist *list) {
  for (int kind = 0; kind < KINDS; kind++) {
    for (rule *one = list->newest[kind]; one != NULL;) {
      rule *older = one->older;
      free(one);
      one = older;
    }
  }
  free(list->buckets);
  net_trie_clear(&list->mapped);
  net_trie_clear(&list->plain);
  memset(list, 0, sizeof *list);
  list->mark = &list_key;
}

/* ---- what Lua sees ---- */

/* By its mark, not by its metatable: the module may be loaded again, and has another then. */
static blocklist *check_list(lua_State *L) {
  blocklist *list = (blocklist *)lua_touserdata(L, 1);
  if (list == NULL || lua_rawlen(L, 1) != sizeof *list || list->mark != &list_key)
    luaL_argerror(L, 1, "block list expected");
  return list;
}

/* The address at `index`, whose family, 4 or 6, stands behind it. */
static int check_endpoint(lua_State *L, int index, endpoint *point) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  return read_endpoint(text, length, net_check_int(L, index + 1), point);
}

/* The rule that the arguments are: address, family[, prefix | address, family]. Returns 0 for a bad address. */
static int check_rule(lua_State *L, rule *one) {
  memset(one, 0, sizeof *one);
  if (!check_endpoint(L, 2, &one->start)) return 0;
  one->kind = ADDRESS;
  if (lua_type(L, 4) == LUA_TNUMBER) {
    one->kind = SUBNET;
    one->prefix = net_check_int(L, 4);
    luaL_argcheck(L, one->prefix >= 0 && one->prefix <= (one->start.family == IPV4 ? 32 : NET_KEY_BITS), 4,
                  "prefix");
  } else if (lua_type(L, 4) == LUA_TSTRING) {
    one->kind = RANGE;
    return check_endpoint(L, 4, &one->end);
  }
  return 1;
}

/* Ends that can be compared are compared: both of IPv4, mapped or not, or both of IPv6. */
static int is_backwards(const rule *one) {
  int comparable = one->start.family == one->end.family || (has_ipv4(&one->start) && has_ipv4(&one->end));
  return one->kind == RANGE && comparable && net_key_compare(one->start.key, one->end.key) > 0;
}

/* add(address, family), add(network, family, prefix), add(start, family, end, family) -> true; nothing for an address
 * that is none; false for a range that ends before it starts. */
static int list_add(lua_State *L) {
  blocklist *list = check_list(L);
  rule one;
  if (!check_rule(L, &one)) return 0;
  int forwards = !is_backwards(&one);
  if (forwards && !add_rule(list, &one)) return luaL_error(L, "not enough memory");
  lua_pushboolean(L, forwards);
  return 1;
}

/* remove(…), as add -> true; nothing for an address that is none. */
static int list_remove(lua_State *L) {
  blocklist *list = check_list(L);
  rule one;
  if (!check_rule(L, &one)) return 0;
  remove_rule(list, &one);
  lua_pushboolean(L, 1);
  return 1;
}

/* check(address, family) -> is it blocked? What is no address is not. */
static int list_check(lua_State *L) {
  const blocklist *list = check_list(L);
  endpoint point;
  lua_pushboolean(L, check_endpoint(L, 2, &point) && is_blocked(list, &point));
  return 1;
}

static int list_clear(lua_State *L) {
  clear(check_list(L));
  return 0;
}

static int list_size(lua_State *L) {
  net_pushsize(L, check_list(L)->size);
  return 1;
}

static void push_rule(lua_State *L, const rule *one) {
  char start[INET6_ADDRSTRLEN];
  char end[INET6_ADDRSTRLEN];
  const char *family = one->start.family == IPV4 ? "IPv4" : "IPv6";
  write_endpoint(&one->start, start, sizeof start);
  if (one->kind == ADDRESS) {
    lua_pushfstring(L, "Address: %s %s", family, start);
  } else if (one->kind == SUBNET) {
    lua_pushfstring(L, "Subnet: %s %s/%d", family, start, one->prefix);
  } else {
    lua_pushfstring(L, "Range: %s %s-%s", family, start, write_endpoint(&one->end, end, sizeof end));
  }
}

/* rules() -> a list of texts: addresses, subnets, ranges, of each the newest first */
static int list_rules(lua_State *L) {
  const blocklist *list = check_list(L);
  int count = 0;
  lua_newtable(L);
  for (int kind = 0; kind < KINDS; kind++) {
    for (const rule *one = list->newest[kind]; one != NULL; one = one->older) {
      push_rule(L, one);
      lua_rawseti(L, -2, ++count);
    }
  }
  return 1;
}

static int list_new(lua_State *L) {
  blocklist *list = (blocklist *)net_newuserdata(L, sizeof *list);
  memset(list, 0, sizeof *list);
  list->mark = &list_key;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key);
  lua_setmetatable(L, -2);
  return 1;
}

/* canonicalAddress(text, family) -> the address as it is written usually, without a zone; nil for what is none */
static int canonical_address(lua_State *L) {
  endpoint point;
  char text[INET6_ADDRSTRLEN];
  if (!check_endpoint(L, 1, &point)) return 0;
  lua_pushstring(L, write_endpoint(&point, text, sizeof text));
  return 1;
}

void net_blocklist_open(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"add", list_add},   {"remove", list_remove}, {"check", list_check}, {"clear", list_clear},
      {"size", list_size}, {"rules", list_rules},   {NULL, NULL},
  };
  lua_createtable(L, 0, 3);
  lua_newtable(L);
  net_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, list_clear);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &list_key);
  lua_pushcfunction(L, list_new);
  lua_setfield(L, -2, "blockList");
  lua_pushcfunction(L, canonical_address);
  lua_setfield(L, -2, "canonicalAddress");
}
