/* schema/schema.h -- the schema document, from which Stalwart's WebUI makes its menu, lists and
 * forms, and stalwart-cli its tables: what the model's tables say, in their words. */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define SCHEMA_HASH_LEN 43 /* 32 bytes as base64url without padding */

/* {0} before schema_make(). */
struct schema {
	struct buf text; /* JSON */
	struct buf gzip; /* the same, compressed (RFC 1952) */
	/* Names the text: BLAKE2b of it, in base64url (RFC 4648, 5). */
	char hash[SCHEMA_HASH_LEN + 1];
};

/* Fills *s, unless that has been done.  Every process of one version makes the same document.
 * ERR_SERVER_FAIL if there is no memory for it; *s is then {0} still. */
bool schema_make(struct schema *s, struct err *e);
void schema_free(struct schema *s); /* leaves {0} */

#endif
