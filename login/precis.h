/* login/precis.h -- names and passwords as Unicode has them: what looks the same is the same,
 * whichever keyboard, system or file it comes from (RFC 8265; libunistring).
 *
 * Two things of the RFC are left out: the rules that look at the neighbours of a character (RFC
 * 8264, 4.2.3), of which a name takes none and a password all, and the Bidi Rule of names. */
#ifndef LOGIN_PRECIS_H
#define LOGIN_PRECIS_H

#include "base/str.h"

/* Each returns what is wrong, a literal, or NULL, and then has appended the normal form to out.
 * An out of which nothing may stay in freed memory has room for PRECIS_GROWTH * text.len. */
#define PRECIS_GROWTH 3 /* NFC makes UTF-8 at most so many times as long (UAX #15) */

/* OpaqueString (4.2): every space is U+0020, then NFC.  A character that is a control, that
 * nobody sees or that Unicode does not know is refused. */
const char *precis_password(struct str text, struct buf *out);

/* UsernameCaseMapped (3.3): full and half width are as usual, letters are small, then NFC.
 * Letters, digits, and what of ASCII can be seen; spaces between them, one at a time.  Spaces
 * before and behind, as a paste or a telephone's keyboard adds them, are no part of it. */
const char *precis_name(struct str text, struct buf *out);

#endif
