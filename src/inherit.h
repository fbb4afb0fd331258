/* What a child inherits: the descriptors that it is given, and no other.
 * Floor 0.
 * Owns the list of descriptors that it has marked, while it starts a child. */
#ifndef UVNET_INHERIT_H
#define UVNET_INHERIT_H

#include <uv.h>

/* uv_spawn, but of the descriptors of others (files of Lua's io library, or of a C library) none gets into the child,
 * either. They are close-on-exec while the child starts; afterwards they are as they were. */
int net_inherit_spawn(uv_loop_t *loop, uv_process_t *process, const uv_process_options_t *options);

/* A descriptor that this process was given and that its own children are not to have. */
void net_inherit_keep_from_children(uv_file fd);

#endif
