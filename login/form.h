/* login/form.h -- a strict parser of application/x-www-form-urlencoded, which browsers and
 * OAuth clients send in a body or after the question mark of a URL. */
#ifndef LOGIN_FORM_H
#define LOGIN_FORM_H

#include "base/str.h"

#define FORM_BYTES_MAX 8192
#define FORM_FIELDS_MAX 32

/* Free with form_free(), which wipes the text: it may hold a password. */
struct form {
	struct buf text; /* decoded; fields borrow from it */
	size_t n;
	struct {
		struct str name, value;
	} fields[FORM_FIELDS_MAX];
};

/* Returns false, with nothing to free, for a form that exceeds FORM_BYTES_MAX or
 * FORM_FIELDS_MAX, or has a broken % escape, a NUL, or a name twice (RFC 6749, 3.1).  Values
 * may have any other bytes. */
bool form_read(struct form *f, struct str encoded);
void form_free(struct form *f);

/* Returns the value of a field; {0} if the field is missing or empty (RFC 6749, 3.1). */
struct str form_value(const struct form *f, const char *name);

/* Appends text as the value of a field or of a URL parameter.  It escapes all characters except
 * the unreserved ones (RFC 3986, 2.3). */
void form_escape(struct buf *out, struct str text);

#endif
