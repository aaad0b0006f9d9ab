/* auth/subject.c -- checks the name of a token's owner. */
#include "auth/subject.h"

#include "storage/store.h"

/* The length of the character at s; 0 if it is invalid UTF-8 (RFC 3629) or a control character.
 */
static size_t
character(const unsigned char *s, size_t left)
{
	/* The lowest code point by length. */
	static const uint32_t least[] = {0, 0x20, 0xa0, 0x800, 0x10000};
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t code = len == 1 ? s[0] : s[0] & (0x7fu >> len);

	if (len == 0 || len > left || s[0] >= 0xf8 || s[0] == 0x7f)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return len;
}

bool
subject_is_valid(struct str subject)
{
	size_t at = 0;

	if (subject.len == 0 || subject.len > STORE_SUBJECT_MAX)
		return false;
	while (at < subject.len) {
		size_t len = character((const unsigned char *)subject.s + at, subject.len - at);

		if (len == 0)
			return false;
		at += len;
	}
	return true;
}
