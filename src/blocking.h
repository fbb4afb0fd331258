/* A descriptor that was handed to us blocks again when we are done with it, if it did before.
 * Floor 1.
 * Owns a note (malloc) of each such descriptor, until it is given back. */
#ifndef UVNET_BLOCKING_H
#define UVNET_BLOCKING_H

/* libuv makes every descriptor non-blocking. That is a property of the open file, which others may have too: the shell's
 * terminal, the program at the other end of a pipeline, the parent. They would fail with EAGAIN once we are gone. */

/* How a descriptor is now, to be called before libuv has it; gives back 0 or a status. Never raises. */
int net_blocking_note(int descriptor);

/* As it was: before libuv closes it, or if it did not take it. What was not noted is left alone. Never raises. */
void net_blocking_restore(int descriptor);

#endif
