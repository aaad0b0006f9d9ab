/* auth/auth.c -- verifies bearer tokens: asks the store and caches its answers. */
#include "auth/auth.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/token.h"
#include "storage/generation.h"

/* The same text for unknown, revoked and expired tokens, so that a stranger learns nothing. */
#define REFUSED "The bearer token is refused: it is unknown, revoked or expired"

#define KEY_LEN 32
#define WAYS 4 /* entries in a set of the cache; a token belongs to one set */
#define SETS (AUTH_CACHE_ENTRIES / WAYS)

struct entry {
	uint8_t hash[KEY_LEN]; /* of the token's text */
	int64_t until_us;      /* monotonic; 0: empty */
	uint64_t generation;   /* of the store's tokens, read before the store was asked */
	struct principal principal;
};

struct auth {
	struct store *store;
	char *socket_path;
	const struct clock *clock;
	struct generation *generation; /* NULL until the store has made its file */
	uint8_t key[KEY_LEN]; /* keys the hash, so nobody can choose tokens of one set */
	struct entry entries[SETS][WAYS];
};

void
auth_open(
    struct auth **a, struct store *store, const char *socket_path, const struct clock *clock)
{
	*a = mem_new(1, sizeof **a);
	(*a)->store = store;
	(*a)->socket_path = str_dup(str_of(socket_path));
	(*a)->clock = clock;
	randombytes_buf((*a)->key, sizeof(*a)->key);
}

void
auth_close(struct auth **a)
{
	if (*a == NULL)
		return;
	generation_close(&(*a)->generation);
	free((*a)->socket_path);
	sodium_memzero((*a)->key, sizeof(*a)->key);
	free(*a);
	*a = NULL;
}

/* Sets *text to the part of header behind the scheme.  ERR_UNAUTHORIZED if header is not
 * "Bearer" 1*SP ... (RFC 6750, 2.1). */
static bool
bearer(struct str header, struct str *text, struct err *e)
{
	if (header.len == 0)
		return err_set(e, ERR_UNAUTHORIZED, "The Authorization header is missing");
	if (!str_cut_prefix_nocase(&header, "Bearer") || (header.len > 0 && header.s[0] != ' '))
		return err_set(
		    e, ERR_UNAUTHORIZED, "The scheme of Authorization must be Bearer");
	while (header.len > 0 && header.s[0] == ' ') {
		header.s++;
		header.len--;
	}
	*text = header;
	return true;
}

static const struct entry *
remembered(const struct entry *set, const uint8_t *hash, uint64_t generation)
{
	int64_t now_us = clock_monotonic_us();

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].until_us > now_us && set[i].generation == generation &&
		    sodium_memcmp(set[i].hash, hash, sizeof set[i].hash) == 0)
			return &set[i];
	return NULL;
}

/* Replaces the entry that would expire first. */
static void
remember(struct entry *set, const struct entry *new)
{
	struct entry *oldest = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].until_us < oldest->until_us)
			oldest = &set[i];
	*oldest = *new;
}

/* Asks the store who owns the token. */
static bool
ask(struct auth *a, struct str text, struct principal *p, struct err *e)
{
	struct token token;
	struct store_token found;
	struct err why = {0};
	bool ok = false;

	if (!token_parse(text, &token)) {
		err_set(e, ERR_UNAUTHORIZED, "The bearer token is malformed");
		goto out;
	}
	if (!store_token_verify(a->store, token.id, token.secret, &found, &why)) {
		err_set(e, why.code, "%s", why.code == ERR_UNAUTHORIZED ? REFUSED : why.text);
		goto out;
	}
	memcpy(p->subject, found.subject, sizeof p->subject);
	memcpy(p->token_id, found.id, sizeof p->token_id);
	p->permissions = found.permissions;
	p->expires_s = found.expires_s;
	ok = true;
out:
	token_wipe(&token);
	return ok;
}

/* Reads the store's generation.  False until the store has made it; then nothing is cached. */
static bool
generation_is(struct auth *a, uint64_t *generation)
{
	struct err e = {0};

	if (a->generation == NULL && !generation_open(&a->generation, a->socket_path, &e))
		return false;
	*generation = generation_now(a->generation);
	return true;
}

/* Finds the token in the cache, or else asks the store. */
static bool
look_up(struct auth *a, struct str text, struct principal *p, struct err *e)
{
	struct entry new = {0};
	const struct entry *known;
	struct entry *set;
	/* Read the generation before asking the store: if a token is revoked in between, the
	 * cached answer is out of date and is not used. */
	bool caching = generation_is(a, &new.generation);

	crypto_generichash(new.hash, sizeof new.hash, (const unsigned char *)text.s, text.len,
	    a->key, sizeof a->key);
	set = a->entries[new.hash[0] % SETS];
	known = caching ? remembered(set, new.hash, new.generation) : NULL;
	if (known != NULL) {
		*p = known->principal;
		return true;
	}
	if (!ask(a, text, p, e))
		return false;
	if (caching) {
		new.principal = *p;
		new.until_us = clock_monotonic_us() + INT64_C(1000000) * AUTH_CACHE_S;
		remember(set, &new);
	}
	return true;
}

bool
auth_verify(struct auth *a, struct str header, struct principal *p, struct err *e)
{
	struct str text;

	if (!bearer(header, &text, e) || !look_up(a, text, p, e))
		return false;
	if (p->expires_s != 0 && clock_now_s(a->clock) >= p->expires_s)
		return err_set(e, ERR_UNAUTHORIZED, REFUSED);
	return true;
}

const char *
auth_challenge(struct str header)
{
	struct err e = {0};
	struct str text;

	/* RFC 6750, 3.1: a request without a bearer token gets no error code. */
	return bearer(header, &text, &e)
	    ? "Bearer realm=\"report-outbox\", error=\"invalid_token\""
	    : "Bearer realm=\"report-outbox\"";
}
