/* What the system tells of this process, and what can be done to it and to others.
 * Floor 2.
 * Owns no memory but the status that the process is to end with. */
#ifndef UVNET_SYSTEM_H
#define UVNET_SYSTEM_H

#include "compat.h"

/* Adds pid, ppid, execPath, platform, cwd, kill, environment, unsetenv, setTitle, readFile, writeFile and exitCode to the
 * table on top of the stack. */
void net_system_open(lua_State *L);

#endif
