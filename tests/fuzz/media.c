/* tests/fuzz/media.c -- what strangers put into a Content-Type header. */
#include <stdint.h>
#include <stdlib.h>

#include "fcgi/media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str type = {(const char *)data, size};

	if (media_is_json(type) && size < sizeof "application/json" - 1)
		abort();
	return 0;
}
