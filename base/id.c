/* base/id.c -- a record's id on the wire. */
#include "base/id.h"

static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";

void
id_format(char letter, uint64_t number, char out[static ID_LEN + 1])
{
	out[0] = letter;
	for (int i = ID_DIGITS; i > 0; i--, number >>= 5)
		out[i] = alphabet[number & 31];
	out[ID_LEN] = '\0';
}

bool
id_parse(char letter, struct str s, uint64_t *number)
{
	uint64_t n = 0;

	if (s.len != ID_LEN || s.s[0] != letter)
		return false;
	for (size_t i = 1; i < ID_LEN; i++) {
		char c = s.s[i];

		if (c >= '0' && c <= '9')
			n = n << 5 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'v')
			n = n << 5 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*number = n;
	return n != 0;
}
