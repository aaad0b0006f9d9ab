/* storage/login/uses.c -- a table of the tokens that were used since the last write. */
#include "storage/login/uses.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "storage/login/tokens.h"

#define SLOTS (2 * TOKEN_USES_MAX) /* half of them stay free, so that a search is short */

struct token_uses {
	pthread_mutex_t lock;
	struct token_use slots[SLOTS]; /* a token is in the first free slot from its own on */
	size_t n;
};

void
token_uses_open(struct token_uses **u)
{
	*u = mem_new(1, sizeof **u);
	pthread_mutex_init(&(*u)->lock, NULL);
}

void
token_uses_close(struct token_uses **u)
{
	if (*u == NULL)
		return;
	pthread_mutex_destroy(&(*u)->lock);
	free(*u);
	*u = NULL;
}

/* Returns the slot of id, or a free one.  Ids are random (auth/token.h), so their first bytes
 * serve as a hash.  The caller holds the lock. */
static struct token_use *
slot_of(struct token_uses *u, const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	size_t i = get_be32(id) % SLOTS;

	while (u->slots[i].used_s != 0 && memcmp(u->slots[i].id, id, STORE_TOKEN_ID_LEN) != 0)
		i = (i + 1) % SLOTS;
	return &u->slots[i];
}

void
token_uses_note(
    struct token_uses *u, const uint8_t id[static STORE_TOKEN_ID_LEN], int64_t now_s)
{
	struct token_use *slot;

	pthread_mutex_lock(&u->lock);
	slot = slot_of(u, id);
	if (slot->used_s != 0) {
		slot->used_s = now_s;
	} else if (u->n < TOKEN_USES_MAX) {
		memcpy(slot->id, id, sizeof slot->id);
		slot->used_s = now_s;
		u->n++;
	}
	pthread_mutex_unlock(&u->lock);
}

int64_t
token_uses_noted(struct token_uses *u, const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	int64_t used_s;

	pthread_mutex_lock(&u->lock);
	used_s = slot_of(u, id)->used_s;
	pthread_mutex_unlock(&u->lock);
	return used_s;
}

/* Empties the table into a list of *n; NULL if nothing was noted.  free(). */
static struct token_use *
take(struct token_uses *u, size_t *n)
{
	struct token_use *list = NULL;

	*n = 0;
	pthread_mutex_lock(&u->lock);
	if (u->n > 0)
		list = mem_new(u->n, sizeof *list);
	for (size_t i = 0; i < SLOTS && *n < u->n; i++)
		if (u->slots[i].used_s != 0)
			list[(*n)++] = u->slots[i];
	memset(u->slots, 0, sizeof u->slots);
	u->n = 0;
	pthread_mutex_unlock(&u->lock);
	return list;
}

bool
token_uses_write(struct token_uses *u, struct env *env, struct writer *w, struct err *e)
{
	struct token_use *list;
	size_t n, done = 0;
	uint64_t free_bytes;
	bool ok = true;

	if (env_nearly_full(env, &free_bytes))
		return true;
	list = take(u, &n);
	while (ok && done < n) {
		size_t some = n - done < TOKEN_USES_BATCH ? n - done : TOKEN_USES_BATCH;
		struct uses_job uses = {.uses = list + done, .n = some};
		struct job j = {.run = token_uses_run, .arg = &uses, .entries = some};

		ok = writer_do(w, &j, e);
		done += some;
	}
	free(list);
	return ok;
}
