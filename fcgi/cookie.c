/* fcgi/cookie.c -- cookies (RFC 6265). */
#include "fcgi/cookie.h"

#include <string.h>

struct str
cookie_value(struct str header, const char *name)
{
	while (header.len > 0) {
		const char *end = memchr(header.s, ';', header.len);
		struct str pair = {
		    header.s, end == NULL ? header.len : (size_t)(end - header.s)};
		size_t taken = end == NULL ? pair.len : pair.len + 1;

		header.s += taken;
		header.len -= taken;
		while (str_cut_prefix(&pair, " "))
			continue;
		if (str_cut_prefix(&pair, name) && str_cut_prefix(&pair, "="))
			return pair;
	}
	return (struct str){0};
}
