/* login/precis.h -- the normal forms of names and passwords (RFC 8265; libunistring).  The same
 * text has the same normal form from every keyboard, system and file.
 *
 * Two parts of the RFCs are not applied.  One is the contextual rules (RFC 8264, 4.2.3): a name
 * may have none of the characters with such a rule, and a password may have all of them.  The
 * other is the Bidi Rule for names. */
#ifndef LOGIN_PRECIS_H
#define LOGIN_PRECIS_H

#include "base/str.h"

/* Both functions append the normal form to out and return NULL, or return what is wrong, a
 * literal.  If out holds a secret, the caller must reserve PRECIS_GROWTH * text.len bytes in it
 * first: growing it would leave a copy in freed memory. */
#define PRECIS_GROWTH 3 /* NFC makes UTF-8 at most 3 times as long (UAX #15) */

/* OpaqueString (4.2): maps every space to U+0020, then applies NFC.  Refuses control
 * characters, invisible characters, and characters that Unicode does not define. */
const char *precis_password(struct str text, struct buf *out);

/* UsernameCaseMapped (3.3): maps full-width and half-width characters to normal ones and
 * letters to small ones, then applies NFC.  Allows letters, digits, visible ASCII characters,
 * and single spaces between them.  Removes spaces at both ends, which a paste or a phone may
 * add. */
const char *precis_name(struct str text, struct buf *out);

#endif
