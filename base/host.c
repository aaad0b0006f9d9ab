/* base/host.c -- names of hosts. */
#include "base/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* Sets *name to the host and leaves the port in *rest. */
static bool
cut_name(struct str *rest, struct str *name)
{
	bool bracket = rest->len > 0 && rest->s[0] == '[';
	const char *other = bracket ? ".:" : "-._";
	size_t n = bracket ? 1 : 0;

	if (rest->len == 0)
		return false;
	while (n < rest->len &&
	    (isalnum((unsigned char)rest->s[n]) ||
		memchr(other, rest->s[n], strlen(other)) != NULL))
		n++;
	if (bracket && (n == rest->len || rest->s[n++] != ']'))
		return false;
	*name = (struct str){rest->s, n};
	*rest = (struct str){rest->s + n, rest->len - n};
	return n > 0 && n <= HOST_NAME_LEN;
}

/* Is the text between the brackets an IPv6 address? */
static bool
bracket_is_address(struct str name)
{
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN] = "";

	if (name.s[0] != '[')
		return true;
	if (name.len - 2 >= sizeof text)
		return false;
	memcpy(text, name.s + 1, name.len - 2);
	return inet_pton(AF_INET6, text, &a) == 1;
}

bool
host_read(struct str host, struct str *name)
{
	uint64_t port;

	if (!cut_name(&host, name) || !bracket_is_address(*name))
		return false;
	return host.len == 0 ||
	    (str_cut_prefix(&host, ":") && str_to_u64(host, UINT16_MAX, &port));
}

bool
host_is_loopback(struct str name)
{
	struct in_addr a;
	char text[INET_ADDRSTRLEN] = "";

	if (str_equal_nocase(name, STR("localhost")) || str_is(name, "[::1]"))
		return true;
	if (name.len >= sizeof text)
		return false;
	memcpy(text, name.s, name.len);
	return inet_pton(AF_INET, text, &a) == 1 && ntohl(a.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* Sets *word to the next word and moves *list behind it; false if there is none. */
static bool
next_word(const char **list, struct str *word)
{
	*list += strspn(*list, " ");
	*word = (struct str){*list, strcspn(*list, " ")};
	*list += word->len;
	return word->len > 0;
}

bool
host_is_listed(struct str name, const char *list)
{
	struct str word;

	while (next_word(&list, &word))
		if (str_equal_nocase(word, name))
			return true;
	return false;
}

bool
host_list_is_valid(const char *list)
{
	struct str word, name;

	while (next_word(&list, &word))
		if (!host_read(word, &name) || name.len != word.len)
			return false;
	return true;
}
