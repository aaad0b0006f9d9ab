/* schema/schema.c -- the schema document as sent: its text, its hash and a compressed copy. */
#include "schema/schema.h"

#include <malloc.h>
#include <sodium.h>

#include "base/gzip.h"
#include "schema/document.h"

#define HASH_BYTES 32

static int
append(const char *bytes, size_t len, void *arg)
{
	buf_add(arg, bytes, len);
	return 0;
}

static bool
make_text(struct buf *out, struct err *e)
{
	json_t *document = schema_document();
	bool ok =
	    document != NULL && json_dump_callback(document, append, out, JSON_COMPACT) == 0;

	json_decref(document);
	return ok || err_set(e, ERR_SERVER_FAIL, "no memory for the schema document");
}

static void
make_hash(struct str text, char hash[static SCHEMA_HASH_LEN + 1])
{
	unsigned char bytes[HASH_BYTES];

	crypto_generichash(
	    bytes, sizeof bytes, (const unsigned char *)text.s, text.len, NULL, 0);
	sodium_bin2base64(hash, SCHEMA_HASH_LEN + 1, bytes, sizeof bytes,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
schema_make(struct schema *s, struct err *e)
{
	bool ok = false;

	if (s->text.len > 0)
		return true;
	if (!make_text(&s->text, e) || !gzip_add(buf_str(&s->text), &s->gzip, e))
		goto out;
	make_hash(buf_str(&s->text), s->hash);
	malloc_trim(0); /* frees the tree's memory, ten times the text's */
	ok = true;
out:
	if (!ok)
		schema_free(s);
	return ok;
}

void
schema_free(struct schema *s)
{
	buf_free(&s->text);
	buf_free(&s->gzip);
	*s = (struct schema){0};
}
