/* login/address.c -- the address by which failed logins are counted. */
#include "login/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define V4_LEN 4

struct str
address_counted(struct str text, uint8_t out[static ADDRESS_MAX])
{
	static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[sizeof(struct in6_addr)];
	size_t len = 0;

	if (text.len == 0 || text.len >= sizeof address)
		return (struct str){(const char *)out, 0};
	memcpy(address, text.s, text.len);
	address[text.len] = '\0';
	if (inet_pton(AF_INET, address, bytes) == 1) {
		len = V4_LEN;
		memcpy(out, bytes, len);
	} else if (inet_pton(AF_INET6, address, bytes) == 1) {
		bool is_v4 = memcmp(bytes, mapped, sizeof mapped) == 0;

		len = is_v4 ? V4_LEN : ADDRESS_MAX;
		memcpy(out, is_v4 ? bytes + sizeof mapped : bytes, len);
	}
	return (struct str){(const char *)out, len};
}
