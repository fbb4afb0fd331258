/* Fuzzes addresses: what isIP takes for an address, libuv parses, and what is parsed stands for itself.
 *   clang -std=c99 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -I src -isystem /usr/include/lua5.4 \
 *     fuzz/address.c src/addr.c -luv -llua5.4 -o address && ./address -max_len=80 -max_total_time=60 */
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  char *text = room(size);
  char *string = room(size + 1);
  memcpy(text, input, size);
  memcpy(string, input, size);
  string[size] = '\0';

  int version = net_addr_isip(text, size);
  struct sockaddr_storage storage;
  int err = net_addr_parse(string, 65535, &storage);
  if (version == 4) demand(err == 0 && storage.ss_family == AF_INET);
  if (version == 6) demand(err == 0 && storage.ss_family == AF_INET6);
  if (err == 0) {
    char name[INET6_ADDRSTRLEN];
    struct sockaddr_storage again;
    if (storage.ss_family == AF_INET) {
      uv_ip4_name((const struct sockaddr_in *)&storage, name, sizeof name);
    } else {
      uv_ip6_name((const struct sockaddr_in6 *)&storage, name, sizeof name);
      ((struct sockaddr_in6 *)&storage)->sin6_scope_id = 0;
    }
    demand(net_addr_isip(name, strlen(name)) == (storage.ss_family == AF_INET ? 4 : 6));
    demand(net_addr_parse(name, 65535, &again) == 0);
    demand(memcmp(&storage, &again, sizeof storage) == 0);
  }
  free(string);
  free(text);
  return 0;
}
