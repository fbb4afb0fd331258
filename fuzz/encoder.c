/* Fuzzes the encoders: no write beyond the bound, and what they give decodes to a text that gives it again.
 *   clang -std=c99 -g -O1 -fsanitize=fuzzer,address,undefined -I src -isystem /usr/include/lua5.4 \
 *     fuzz/encoder.c src/codec_decode.c src/codec_encode.c src/utf8.c -o encoder && ./encoder -max_total_time=60
 * The first byte chooses the encoding. */
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  if (size < 1) return 0;
  enum net_encoding encoding = (enum net_encoding)(NET_ASCII + input[0] % NET_UTF16LE);
  size_t length = size - 1;
  char *text = room(length);
  memcpy(text, input + 1, length);

  size_t bound = net_encode_bound(encoding, length);
  char *bytes = room(bound);
  size_t count = net_encode(encoding, text, length, bytes);
  demand(count <= bound);

  /* ASCII decodes to seven bits, which the other encodings keep all of. */
  if (encoding != NET_ASCII) {
    struct net_decoder decoder;
    net_decoder_init(&decoder, encoding);
    size_t room_needed = net_decoder_bound(&decoder, bytes, count) + NET_DECODER_REST;
    char *decoded = room(room_needed);
    size_t decoded_length = net_decoder_write(&decoder, bytes, count, decoded);
    decoded_length += net_decoder_finish(&decoder, decoded + decoded_length);

    char *again = room(net_encode_bound(encoding, decoded_length));
    demand(net_encode(encoding, decoded, decoded_length, again) == count);
    demand(memcmp(again, bytes, count) == 0);
    free(again);
    free(decoded);
  }
  free(bytes);
  free(text);
  return 0;
}
