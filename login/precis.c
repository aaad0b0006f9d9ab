/* login/precis.c -- the normal forms of names and passwords (RFC 8265). */
#include "login/precis.h"

#include <sodium.h>
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#define NOT_UTF_8 "it is not UTF-8"
#define SPACE 0x20

/* Maps one character to another. */
typedef ucs4_t map_one(ucs4_t c);

/* Maps each character of text and appends it to out.  NULL, or what is wrong. */
static const char *
map_each(struct str text, map_one *map, struct buf *out)
{
	const uint8_t *at = (const uint8_t *)text.s;
	size_t left = text.len;

	while (left > 0) {
		uint8_t bytes[6];
		ucs4_t c;
		int n = u8_mbtoucr(&c, at, left);
		int written = n <= 0 ? -1 : u8_uctomb(bytes, map(c), sizeof bytes);

		if (written < 0)
			return NOT_UTF_8;
		buf_add(out, bytes, (size_t)written);
		at += n;
		left -= (size_t)n;
	}
	return NULL;
}

/* Whether every character of text is allowed. */
static bool
all_are(struct str text, bool (*allowed)(ucs4_t c))
{
	const uint8_t *at = (const uint8_t *)text.s;
	size_t left = text.len;

	while (left > 0) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, at, left);

		if (n <= 0 || !allowed(c))
			return false;
		at += n;
		left -= (size_t)n;
	}
	return true;
}

/* RFC 8264, 9.6: disallowed characters that the rules below would allow. */
static bool
is_exception(ucs4_t c)
{
	static const ucs4_t disallowed[] = {
	    0x0640, 0x07fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303b};

	for (size_t i = 0; i < sizeof disallowed / sizeof disallowed[0]; i++)
		if (c == disallowed[i])
			return true;
	return false;
}

/* 9.9: parts of syllables; text must use whole syllables. */
static bool
is_old_hangul(ucs4_t c)
{
	return (c >= 0x1100 && c <= 0x11ff) || (c >= 0xa960 && c <= 0xa97c) ||
	    (c >= 0xd7b0 && c <= 0xd7fb);
}

/* 9.13: invisible characters.  is_freeform() allows joiners (9.8), which are harmless in a
 * password. */
static bool
is_ignorable(ucs4_t c)
{
	return uc_is_property_default_ignorable_code_point(c) ||
	    uc_is_property_not_a_character(c);
}

/* --- passwords: the FreeformClass (RFC 8264, 4.3) --- */

static ucs4_t
plain_space(ucs4_t c)
{
	return uc_is_general_category(c, UC_SPACE_SEPARATOR) ? SPACE : c;
}

static bool
is_freeform(ucs4_t c)
{
	static const uint32_t others = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
	    UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn |
	    UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp;

	if (uc_is_property_join_control(c))
		return true;
	return !uc_is_general_category_withtable(c, others) && !is_ignorable(c) &&
	    !is_old_hangul(c) && !is_exception(c);
}

/* Appends the normal form of text, in small letters if small is set, and returns NULL.  If a
 * character is not allowed, appends nothing and returns wrong. */
static const char *
add_normal(
    struct str text, bool small, bool (*allowed)(ucs4_t c), const char *wrong, struct buf *out)
{
	const uint8_t *from = (const uint8_t *)text.s;
	size_t len = 0;
	uint8_t *normal = small ? u8_tolower(from, text.len, NULL, UNINORM_NFC, NULL, &len)
				: u8_normalize(UNINORM_NFC, from, text.len, NULL, &len);

	if (normal == NULL)
		return NOT_UTF_8;
	if (all_are((struct str){(const char *)normal, len}, allowed)) {
		buf_add(out, normal, len);
		wrong = NULL;
	}
	sodium_memzero(normal, len);
	free(normal);
	return wrong;
}

const char *
precis_password(struct str text, struct buf *out)
{
	struct buf spaced = {0};
	const char *wrong;

	buf_reserve(&spaced, text.len + 1); /* enough: no space is shorter than U+0020 */
	wrong = map_each(text, plain_space, &spaced);
	if (wrong == NULL)
		wrong = add_normal(buf_str(&spaced), false, is_freeform,
		    "it has a control character, an invisible character, or one that Unicode "
		    "does not define",
		    out);
	if (spaced.s != NULL)
		sodium_memzero(spaced.s, spaced.len);
	buf_free(&spaced);
	return wrong;
}

/* --- names: the IdentifierClass (RFC 8264, 4.2), and spaces --- */

static ucs4_t
usual_width(ucs4_t c)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag;
	int n = uc_decomposition(c, &tag, parts);

	return n == 1 && (tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW) ? parts[0] : c;
}

/* 9.17: Unicode has another character for the same letter or digit. */
static bool
has_compat(ucs4_t c)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag;

	return uc_decomposition(c, &tag, parts) > 0 && tag != UC_DECOMP_CANONICAL;
}

static bool
is_identifier(ucs4_t c)
{
	static const uint32_t letters_and_digits = UC_CATEGORY_MASK_Ll | UC_CATEGORY_MASK_Lu |
	    UC_CATEGORY_MASK_Lo | UC_CATEGORY_MASK_Nd | UC_CATEGORY_MASK_Lm |
	    UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Mc;

	if (c < 0x80)
		return c >= SPACE && c < 0x7f;
	return uc_is_general_category_withtable(c, letters_and_digits) && !has_compat(c) &&
	    !is_ignorable(c) && !is_old_hangul(c) && !is_exception(c);
}

static ucs4_t
name_character(ucs4_t c)
{
	return plain_space(usual_width(c));
}

/* Removes spaces at both ends.  NULL, or what is wrong with the rest. */
static const char *
trim_spaces(struct str *name)
{
	*name = str_trim(*name);
	for (size_t i = 1; i < name->len; i++)
		if (name->s[i] == SPACE && name->s[i - 1] == SPACE)
			return "it has two spaces in a row";
	return name->len == 0 ? "it is empty" : NULL;
}

const char *
precis_name(struct str text, struct buf *out)
{
	struct buf mapped = {0};
	const char *wrong = map_each(text, name_character, &mapped);
	struct str name = buf_str(&mapped);

	if (wrong == NULL)
		wrong = trim_spaces(&name);
	if (wrong == NULL)
		wrong = add_normal(name, true, is_identifier,
		    "outside of ASCII it may have only letters and digits", out);
	buf_free(&mapped);
	return wrong;
}
