/* schema/schema.h -- the schema document, made from the model's tables.  Stalwart's WebUI makes
 * its menu, lists and forms from it, and stalwart-cli its tables. */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define SCHEMA_HASH_LEN 43 /* 32 bytes as base64url without padding */

/* Initialise with {0} before schema_make(). */
struct schema {
	struct buf text; /* JSON */
	struct buf gzip; /* the same, compressed (RFC 1952) */
	/* BLAKE2b of the text, in base64url (RFC 4648, 5).  URLs of the document contain it. */
	char hash[SCHEMA_HASH_LEN + 1];
};

/* Fills *s if it is still empty.  Every process of one version makes the same document.
 * ERR_SERVER_FAIL if there is no memory; *s then stays {0}. */
bool schema_make(struct schema *s, struct err *e);
void schema_free(struct schema *s); /* leaves {0} */

#endif
