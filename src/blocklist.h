/* Lists of rules about IP addresses: net.BlockList.
 * Floor 1.
 * Owns its rules (malloc) and tries, until its userdata is collected. */
#ifndef UVNET_BLOCKLIST_H
#define UVNET_BLOCKLIST_H

#include <lua.h>

/* Sets blockList and canonicalAddress into the table on top of the stack. */
void net_blocklist_open(lua_State *L);

#endif
