/* UTF-8: what is valid, and what a reader sees in place of what is not.
 * Floor 0.
 * Owns no memory. */
#ifndef UVNET_UTF8_H
#define UVNET_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum {
  NET_UTF8_MAX = 4, /* bytes of a character */
  NET_UTF8_REPLACEMENT = 0xFFFD,
};

/* How many bytes at the start are whole, valid characters. All of them: the text is valid as it is. */
size_t net_utf8_complete_prefix(const char *text, size_t length);

/* How many bytes at the start are ASCII. */
size_t net_utf8_ascii_prefix(const char *text, size_t length);

/* Reads the character at the start of a text that is not empty and says how many bytes it took. What is no
 * character reads as U+FFFD and takes its maximal subpart, as the WHATWG decoder has it. */
size_t net_utf8_next(const char *text, size_t length, uint32_t *character);

/* Writes a character, not a surrogate; returns its bytes, at most NET_UTF8_MAX. */
size_t net_utf8_put(uint32_t character, char *out);

/* Copies a text with U+FFFD in place of what is no character; returns how many bytes that makes. Without `out`
 * it only counts. At most three times the length. */
size_t net_utf8_repair(const char *text, size_t length, char *out);

#endif
