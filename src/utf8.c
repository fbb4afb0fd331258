/* UTF-8: what is valid, and what a reader sees in place of what is not.
 * Floor 0.
 * Owns no memory. */
#include "utf8.h"

#include <string.h>

static int is_ascii_word(const char *text) {
  uint64_t word;
  memcpy(&word, text, sizeof word);
  return (word & UINT64_C(0x8080808080808080)) == 0;
}

size_t net_utf8_ascii_prefix(const char *text, size_t length) {
  size_t i = 0;
  while (length - i >= sizeof(uint64_t) && is_ascii_word(text + i)) i += sizeof(uint64_t);
  while (i < length && (unsigned char)text[i] < 0x80) i++;
  return i;
}

/* How many bytes at the start of a text that is not empty are one character or the beginning of one, at least
 * one; `whole` is set when nothing is missing. */
static size_t measure(const unsigned char *text, size_t length, int *whole) {
  unsigned char lead = text[0];
  unsigned char low = 0x80;  /* what the second byte may be: it bars overlong forms, surrogates and the */
  unsigned char high = 0xBF; /* numbers beyond U+10FFFF */
  size_t size;
  *whole = 0;
  if (lead < 0x80) {
    *whole = 1;
    return 1;
  } else if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 1;
  }
  if (length < 2 || text[1] < low || text[1] > high) return 1;
  for (size_t i = 2; i < size; i++) {
    if (i == length || (text[i] & 0xC0) != 0x80) return i;
  }
  *whole = 1;
  return size;
}

size_t net_utf8_complete_prefix(const char *text, size_t length) {
  size_t i = 0;
  for (;;) {
    i += net_utf8_ascii_prefix(text + i, length - i);
    /* Characters beyond ASCII come in runs: look for the next word of ASCII only after such a run. */
    do {
      if (i == length) return i;
      int whole;
      size_t size = measure((const unsigned char *)text + i, length - i, &whole);
      if (!whole) return i;
      i += size;
    } while (i < length && (unsigned char)text[i] >= 0x80);
  }
}

size_t net_utf8_next(const char *text, size_t length, uint32_t *character) {
  const unsigned char *bytes = (const unsigned char *)text;
  int whole;
  size_t size = measure(bytes, length, &whole);
  if (!whole) {
    *character = NET_UTF8_REPLACEMENT;
    return size;
  }
  static const unsigned char lead_bits[NET_UTF8_MAX + 1] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  *character = bytes[0] & lead_bits[size];
  for (size_t i = 1; i < size; i++) *character = *character << 6 | (bytes[i] & 0x3Fu);
  return size;
}

size_t net_utf8_put(uint32_t character, char *out) {
  if (character < 0x80) {
    out[0] = (char)character;
    return 1;
  }
  size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  static const unsigned char leads[NET_UTF8_MAX + 1] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = size - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (character & 0x3F));
    character >>= 6;
  }
  out[0] = (char)(leads[size] | character);
  return size;
}

size_t net_utf8_repair(const char *text, size_t length, char *out) {
  size_t written = 0;
  size_t i = 0;
  for (;;) {
    size_t valid = net_utf8_complete_prefix(text + i, length - i);
    if (out != NULL) memcpy(out + written, text + i, valid);
    written += valid;
    i += valid;
    if (i == length) return written;
    char replacement[NET_UTF8_MAX];
    uint32_t character;
    i += net_utf8_next(text + i, length - i, &character);
    size_t size = net_utf8_put(character, replacement);
    if (out != NULL) memcpy(out + written, replacement, size);
    written += size;
  }
}
