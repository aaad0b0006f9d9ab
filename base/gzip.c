/* base/gzip.c -- gzip (RFC 1952), by zlib. */
#include "base/gzip.h"

#include <zlib.h>

#define WINDOW (15 + 16) /* the largest window; 16 asks for gzip's header (zlib.h) */
#define MEMORY 8         /* zlib's default */

bool
gzip_add(struct str text, struct buf *out, struct err *e)
{
	z_stream z = {0};
	bool ok;

	if (deflateInit2(
		&z, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(e, ERR_SERVER_FAIL, "there is no memory to compress");
	buf_reserve(out, deflateBound(&z, text.len));
	z.next_in = (z_const Bytef *)text.s;
	z.avail_in = (uInt)text.len;
	z.next_out = (Bytef *)out->s + out->len;
	z.avail_out = (uInt)(out->cap - out->len);
	ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
	out->len += z.total_out;
	deflateEnd(&z);
	return ok || err_set(e, ERR_SERVER_FAIL, "the text cannot be compressed");
}
