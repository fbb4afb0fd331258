/* Fuzzes the decoders: no write beyond the bound, the same text wherever the bytes are cut, valid UTF-8 only, and
 * bytes that an encoding can give back are given back.
 *   clang -std=c99 -g -O1 -fsanitize=fuzzer,address,undefined -I src -isystem /usr/include/lua5.4 \
 *     fuzz/decoder.c src/codec_decode.c src/codec_encode.c src/utf8.c -o decoder && ./decoder -max_total_time=60
 * The first byte chooses the encoding, the second how the rest is cut. */
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

struct text {
  char *bytes;
  size_t length;
};

static void append(struct text *text, const char *bytes, size_t length) {
  char *grown = realloc(text->bytes, text->length + length + 1);
  demand(grown != NULL);
  memcpy(grown + text->length, bytes, length);
  text->bytes = grown;
  text->length += length;
}

static void append_piece(struct text *text, struct net_decoder *decoder, const char *data, size_t length) {
  char *piece = room(length);
  memcpy(piece, data, length);
  int plain = net_decoder_is_plain(decoder, piece, length);
  size_t bound = net_decoder_bound(decoder, piece, length);
  char *out = room(bound);
  size_t written = net_decoder_write(decoder, piece, length, out);
  demand(written <= bound);
  demand(net_utf8_complete_prefix(out, written) == written);
  if (plain) demand(written == length && memcmp(out, piece, length) == 0 && decoder->pending == 0);
  append(text, out, written);
  free(out);
  free(piece);
}

static void append_rest(struct text *text, struct net_decoder *decoder) {
  char *out = room(NET_DECODER_REST);
  size_t written = net_decoder_finish(decoder, out);
  demand(net_utf8_complete_prefix(out, written) == written);
  append(text, out, written);
  free(out);
  demand(decoder->pending == 0 && decoder->missing == 0);
}

static void check_repair(const char *data, size_t length, const struct text *whole) {
  size_t size = net_utf8_repair(data, length, NULL);
  char *out = room(size);
  demand(size <= 3 * length);
  demand(net_utf8_repair(data, length, out) == size);
  demand(size == whole->length && memcmp(out, whole->bytes, size) == 0);
  free(out);
}

static void check_round_trip(enum net_encoding encoding, const char *data, size_t length,
                             const struct text *whole) {
  char *out = room(net_encode_bound(encoding, whole->length));
  size_t size = net_encode(encoding, whole->bytes, whole->length, out);
  demand(size == length && memcmp(out, data, length) == 0);
  free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  if (size < 2) return 0;
  enum net_encoding encoding = (enum net_encoding)(input[0] % (NET_UTF16LE + 1));
  size_t step = (size_t)input[1] % 9 + 1;
  const char *data = (const char *)input + 2;
  size_t length = size - 2;

  struct net_decoder decoder;
  struct text whole = {NULL, 0};
  struct text cut = {NULL, 0};
  append(&whole, "", 0);
  append(&cut, "", 0);

  net_decoder_init(&decoder, encoding);
  append_piece(&whole, &decoder, data, length);
  append_rest(&whole, &decoder);
  for (size_t i = 0; i < length; i += step) {
    append_piece(&cut, &decoder, data + i, length - i < step ? length - i : step);
  }
  append_rest(&cut, &decoder);
  demand(whole.length == cut.length && memcmp(whole.bytes, cut.bytes, whole.length) == 0);

  if (encoding == NET_UTF8) check_repair(data, length, &whole);
  if (encoding >= NET_LATIN1 && encoding <= NET_BASE64URL) check_round_trip(encoding, data, length, &whole);
  free(whole.bytes);
  free(cut.bytes);
  return 0;
}
