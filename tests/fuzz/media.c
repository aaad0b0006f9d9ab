/* tests/fuzz/media.c -- what strangers put into Content-Type and Accept-Encoding headers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str header = {(const char *)data, size};

	if (media_is_json(header) && size < sizeof "application/json" - 1)
		abort();
	if (media_wants_gzip(header) && size < sizeof "gzip" - 1 &&
	    memchr(data, '*', size) == NULL)
		abort();
	return 0;
}
