/* storage/body.c -- a record's JSON text as it lies in the bodies database: compressed. */
#include "storage/body.h"

#include <zstd.h>

#include "base/pack.h"

#define BODY_FORMAT 1
/* The lowest: most of what there is to gain is a page shared by several records, which all
 * find. */
#define BODY_LEVEL 1

void
body_work_free(struct body_work *w)
{
	ZSTD_freeCCtx(w->pack);
	ZSTD_freeDCtx(w->unpack);
	*w = (struct body_work){0};
}

bool
body_pack(struct body_work *w, struct str text, struct buf *out, struct err *e)
{
	size_t most = ZSTD_compressBound(text.len), len;

	if (w->pack == NULL && (w->pack = ZSTD_createCCtx()) == NULL)
		return err_set(e, ERR_SERVER_UNAVAILABLE, "no memory to compress a record");
	pack_u8(out, BODY_FORMAT);
	buf_reserve(out, most);
	len = ZSTD_compressCCtx(w->pack, out->s + out->len, most, text.s, text.len, BODY_LEVEL);
	if (ZSTD_isError(len))
		return err_set(
		    e, ERR_SERVER_FAIL, "compressing a record: %s", ZSTD_getErrorName(len));
	out->len += len;
	return true;
}

bool
body_unpack(struct body_work *w, struct str value, size_t size, struct buf *out, struct err *e)
{
	size_t len;

	if (value.len == 0 || value.s[0] != BODY_FORMAT)
		return err_set(e, ERR_DAMAGED, "a record's text has an unknown format");
	/* Before memory is taken: a damaged row can promise 4 GiB.  No record is empty. */
	if (size == 0 || ZSTD_getFrameContentSize(value.s + 1, value.len - 1) != size)
		return err_set(e, ERR_DAMAGED, "a record's text has another length");
	if (w->unpack == NULL && (w->unpack = ZSTD_createDCtx()) == NULL)
		return err_set(e, ERR_SERVER_UNAVAILABLE, "no memory to expand a record");
	buf_reserve(out, size);
	len =
	    ZSTD_decompressDCtx(w->unpack, out->s + out->len, size, value.s + 1, value.len - 1);
	if (ZSTD_isError(len) || len != size)
		return err_set(e, ERR_DAMAGED, "a record's text cannot be read: %s",
		    ZSTD_isError(len) ? ZSTD_getErrorName(len) : "it has another length");
	out->len += len;
	return true;
}
