/* poison/poison.c -- the table of requests that ended a worker. */
#include "poison/poison.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

#define LAYOUT UINT64_C(0x706f69736f6e0001) /* layout of the table; it ends in a version */
#define WAIT_STEP_MS 5

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a process that dies holds no lock");

/* The request that one worker serves. */
struct place {
	_Atomic int32_t pid;             /* process id of the worker; 0: free */
	_Atomic uint64_t hash;           /* 0: no request */
	char id[LOG_REQUEST_ID_MAX + 1]; /* written before hash */
};

/* A request that has ended a worker; only outboxd writes it. */
struct entry {
	_Atomic uint64_t hash; /* 0: free */
	_Atomic int64_t until_s;
	_Atomic uint32_t weight;
};

/* The shared memory.  Any process that has mapped it can write anything into it, so readers
 * must not trust its content. */
struct table {
	uint64_t layout;
	_Atomic uint32_t places_used; /* no worker has ever claimed a place behind these */
	_Atomic uint32_t entries_used;
	unsigned char key[crypto_shorthash_KEYBYTES];
	struct place places[POISON_WORKERS];
	struct entry entries[POISON_ENTRIES];
};

struct poison {
	struct table *table;
	struct place *own; /* the place of this process; NULL: none yet */
};

static struct table *
map(int fd)
{
	void *at = mmap(NULL, sizeof(struct table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static struct poison *
new_poison(struct table *t)
{
	struct poison *p = mem_new(1, sizeof *p);

	p->table = t;
	return p;
}

bool
poison_make(struct poison **p, int *fd, struct err *e)
{
	struct table *t = NULL;

	*p = NULL;
	*fd = memfd_create("outbox.poison", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* The seals keep a process that has the descriptor from truncating the table under the
	 * others. */
	if (sodium_init() < 0 || *fd < 0 || ftruncate(*fd, sizeof *t) != 0 ||
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
	    (t = map(*fd)) == NULL) {
		err_set(e, ERR_SERVER_FAIL, "cannot create the table of poisonous requests: %s",
		    strerror(errno));
		io_close(fd);
		return false;
	}
	t->layout = LAYOUT;
	randombytes_buf(t->key, sizeof t->key);
	*p = new_poison(t);
	return true;
}

bool
poison_open(struct poison **p, int fd, struct err *e)
{
	struct table *t = NULL;
	struct stat st;

	*p = NULL;
	if (fstat(fd, &st) != 0 || st.st_size != sizeof *t || (t = map(fd)) == NULL)
		return err_set(e, ERR_SERVER_FAIL,
		    "descriptor %d is not a table of poisonous requests", fd);
	*p = new_poison(t);
	if (t->layout == LAYOUT)
		return true;
	poison_close(p);
	return err_set(e, ERR_SERVER_FAIL,
	    "the table of poisonous requests has the layout of another version; restart "
	    "outboxd");
}

void
poison_close(struct poison **p)
{
	if (*p != NULL)
		munmap((*p)->table, sizeof *(*p)->table);
	free(*p);
	*p = NULL;
}

static uint64_t
short_hash(const struct poison *p, const void *bytes, size_t len)
{
	uint64_t hash;

	_Static_assert(sizeof hash == crypto_shorthash_BYTES, "a hash is one number");
	crypto_shorthash((unsigned char *)&hash, bytes, len, p->table->key);
	return hash;
}

uint64_t
poison_hash(const struct poison *p, struct str request_id, struct str path, struct str body)
{
	uint64_t parts[3], hash;

	if (p == NULL)
		return 1;
	parts[0] = short_hash(p, request_id.s, request_id.len);
	parts[1] = short_hash(p, path.s, path.len);
	parts[2] = short_hash(p, body.s, body.len);
	hash = short_hash(p, parts, sizeof parts);
	return hash != 0 ? hash : 1;
}

/* --- workers --- */

/* Returns *n, but at most max, because any process may have written *n. */
static size_t
used(_Atomic uint32_t *n, size_t max)
{
	return *n < max ? *n : max;
}

static struct place *
place_of(struct table *t, pid_t pid)
{
	for (size_t i = 0; i < used(&t->places_used, POISON_WORKERS); i++)
		if (t->places[i].pid == pid)
			return &t->places[i];
	return NULL;
}

static void
raise_used(_Atomic uint32_t *n, uint32_t to)
{
	uint32_t was = *n;

	while (was < to && !atomic_compare_exchange_weak(n, &was, to))
		continue;
}

/* Claims a free place for the process pid; NULL if there is none. */
static struct place *
claim(struct table *t, pid_t pid)
{
	for (uint32_t i = 0; i < POISON_WORKERS; i++) {
		int32_t expected = 0;

		if (t->places[i].pid != 0)
			continue;
		raise_used(&t->places_used, i + 1);
		if (atomic_compare_exchange_strong(&t->places[i].pid, &expected, pid))
			return &t->places[i];
	}
	return NULL;
}

void
poison_serve(struct poison *p, uint64_t hash, struct str id)
{
	size_t len = id.len < LOG_REQUEST_ID_MAX ? id.len : LOG_REQUEST_ID_MAX;
	struct place *place;

	if (p == NULL)
		return;
	if (p->own == NULL)
		p->own = claim(p->table, getpid());
	place = p->own;
	if (place == NULL)
		return;
	if (hash != 0) {
		memcpy(place->id, len > 0 ? id.s : "", len);
		place->id[len] = '\0';
	}
	atomic_store_explicit(&place->hash, hash, memory_order_release);
}

static bool
is_served(const struct poison *p, uint64_t hash)
{
	struct table *t = p->table;

	for (size_t i = 0; i < used(&t->places_used, POISON_WORKERS); i++)
		if (t->places[i].hash == hash && &t->places[i] != p->own)
			return true;
	return false;
}

static bool
is_remembered(const struct poison *p, uint64_t hash, int64_t now_s)
{
	struct table *t = p->table;

	for (size_t i = 0; i < used(&t->entries_used, POISON_ENTRIES); i++)
		if (t->entries[i].hash == hash && t->entries[i].weight >= POISON_FATAL &&
		    t->entries[i].until_s > now_s)
			return true;
	return false;
}

/* Waits because the kernel closes the sockets of a dying process before its parent learns of
 * its end.  The web server may therefore send the request again before outboxd has remembered
 * it. */
bool
poison_knows(struct poison *p, uint64_t hash, int64_t now_s)
{
	const struct timespec step = {.tv_nsec = WAIT_STEP_MS * 1000000L};

	if (p == NULL)
		return false;
	for (unsigned ms = 0; ms < POISON_WAIT_MS && is_served(p, hash); ms += WAIT_STEP_MS)
		nanosleep(&step, NULL);
	return is_remembered(p, hash, now_s);
}

/* --- outboxd --- */

/* Returns the entry of hash if there is one, else a free entry, else the oldest. */
static struct entry *
entry_for(struct table *t, uint64_t hash)
{
	struct entry *found = &t->entries[0];

	for (struct entry *e = t->entries; e < t->entries + POISON_ENTRIES; e++) {
		if (e->hash == hash)
			return e;
		if (e->until_s < found->until_s)
			found = e;
	}
	return found;
}

static bool
remember(struct table *t, uint64_t hash, unsigned weight, int64_t now_s)
{
	struct entry *e = entry_for(t, hash);

	if (e->hash != hash || e->until_s <= now_s)
		e->weight = 0;
	e->hash = hash;
	e->until_s = now_s + POISON_KEEP_S;
	e->weight += weight;
	raise_used(&t->entries_used, (uint32_t)(e - t->entries) + 1);
	return e->weight >= POISON_FATAL;
}

/* Copies the request id to id if it is valid, else "".  Any process may have written it. */
static void
copy_id(const struct place *place, char id[static LOG_REQUEST_ID_MAX + 1])
{
	memcpy(id, place->id, LOG_REQUEST_ID_MAX);
	id[LOG_REQUEST_ID_MAX] = '\0';
	if (!log_is_request_id(str_of(id)))
		id[0] = '\0';
}

bool
poison_ended(struct poison *p, pid_t pid, unsigned weight, int64_t now_s,
    char id[static LOG_REQUEST_ID_MAX + 1])
{
	struct place *place = place_of(p->table, pid);
	uint64_t hash;
	bool known = false;

	id[0] = '\0';
	if (place == NULL)
		return false;
	hash = atomic_load_explicit(&place->hash, memory_order_acquire);
	if (hash != 0 && weight > 0) {
		copy_id(place, id);
		known = remember(p->table, hash, weight, now_s);
	}
	place->hash = 0; /* only after the request is remembered; see poison_knows() */
	place->pid = 0;
	return known;
}
