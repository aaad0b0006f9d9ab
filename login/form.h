/* login/form.h -- application/x-www-form-urlencoded, strictly: what browsers and OAuth clients
 * send in a body or behind a question mark. */
#ifndef LOGIN_FORM_H
#define LOGIN_FORM_H

#include "base/str.h"

#define FORM_BYTES_MAX 8192
#define FORM_FIELDS_MAX 32

/* form_free(), which wipes it: there may be a password in it. */
struct form {
	struct buf text; /* decoded; what fields borrow from */
	size_t n;
	struct {
		struct str name, value;
	} fields[FORM_FIELDS_MAX];
};

/* False, with nothing to free, for more than FORM_BYTES_MAX or FORM_FIELDS_MAX, a broken %
 * escape, a NUL, or a name that comes twice (RFC 6749, 3.1).  Values may be any other bytes. */
bool form_read(struct form *f, struct str encoded);
void form_free(struct form *f);

/* The value of a field; {0} if there is none or it is empty (RFC 6749, 3.1). */
struct str form_value(const struct form *f, const char *name);

/* Appends text as the value of a field, or of a parameter in a URL: all but the unreserved
 * characters of RFC 3986, 2.3, are escaped. */
void form_escape(struct buf *out, struct str text);

#endif
