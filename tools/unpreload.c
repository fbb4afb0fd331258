/* Preloaded after the sanitizers' runtime: a Lua that is watched starts programs that are not to be (curl hangs).
 * tools/test.sh builds it; it is no part of the core.
 * Owns no memory. */
#include <stdlib.h>

__attribute__((constructor)) static void forget_preload(void) { unsetenv("LD_PRELOAD"); }
