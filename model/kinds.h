/* model/kinds.h -- the kinds of single values: what is one, and how it is written. */
#ifndef MODEL_KINDS_H
#define MODEL_KINDS_H

#include <jansson.h>

#include "model/type.h"

#define UNSIGNED_INT_MAX UINT64_C(9007199254740991) /* 2^53-1: UnsignedInt (RFC 8620, 1.3) */
#define DOMAIN_MAX 253                              /* bytes, as A-labels */
#define DOMAIN_LABEL_MAX 63
#define EMAIL_MAX 254      /* bytes */
#define EMAIL_LOCAL_MAX 64 /* bytes before the @ */
#define URI_MAX 2048       /* bytes */

/* Appends the canonical form of s, or returns false with any rubbish appended. */
typedef bool canonical(const struct field *f, struct str s, struct buf *out);

struct kind_row {
	const char *name; /* "EmailAddress" */
	const char *want; /* "must be an e-mail address, such as ..."; NULL: see kind_want() */
	const char *doc;  /* sentences: the form that is accepted, and the one that is stored */
	/* From a string, or from the key of a map-shaped set; NULL: from neither. */
	canonical *text;
	/* Appends JSON text for a kind whose JSON is not a string; NULL if it is one. */
	bool (*value)(const json_t *v, struct buf *out);
};

extern const struct kind_row model_kinds[KIND__COUNT];

/* Appends what a value of f must be, "must be one of relaxed, strict". */
void kind_want(const struct field *f, struct buf *out);

/* The canonical forms that need more than a few lines; f may be NULL. */
bool domain_canonical(const struct field *f, struct str s, struct buf *out);
bool email_canonical(const struct field *f, struct str s, struct buf *out);
bool uri_canonical(const struct field *f, struct str s, struct buf *out);

#endif
