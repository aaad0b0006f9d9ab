/* metrics/table.c -- the table of counters in shared memory. */
#include "metrics/table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

/* The search for a series tries this many places, beginning at its hash. */
#define PROBES_MAX 256

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a process that dies holds no lock");

/* FNV-1a. */
#define HASH_BEGIN UINT64_C(14695981039346656037)
#define HASH_STEP UINT64_C(1099511628211)

static uint64_t
hash(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ at[i]) * HASH_STEP;
	return h;
}

/* A hash of everything that must be equal for two programs to share a table. */
static uint64_t
layout(void)
{
	const uint64_t sizes[] = {sizeof(struct metrics), sizeof(struct place), METRIC__COUNT};
	uint64_t h = hash(HASH_BEGIN, sizes, sizeof sizes);

	for (enum metric f = 0; f < METRIC__COUNT; f++) {
		const char *name = metric_families[f].name;
		size_t bounds = metric_bounds(f);

		h = hash(h, name, strlen(name));
		if (bounds > 0)
			h = hash(h, metric_families[f].bounds, bounds * sizeof(int64_t));
	}
	return h;
}

static struct metrics *
map(int fd)
{
	void *at =
	    mmap(NULL, sizeof(struct metrics), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

bool
metrics_make(struct metrics **m, int *fd, struct err *e)
{
	*fd = memfd_create("outbox.metrics", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* The seal keeps one process from truncating the table while others use it. */
	if (*fd >= 0 && ftruncate(*fd, sizeof(struct metrics)) == 0 &&
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0 &&
	    (*m = map(*fd)) != NULL) {
		(*m)->layout = layout();
		return true;
	}
	err_set(e, ERR_SERVER_FAIL, "cannot make the table of metrics: %s", strerror(errno));
	*m = NULL;
	io_close(fd);
	return false;
}

bool
metrics_open(struct metrics **m, int fd, struct err *e)
{
	struct stat st;

	if (fd < 0) {
		bool ok = metrics_make(m, &fd, e);

		io_close(&fd);
		return ok;
	}
	if (fstat(fd, &st) != 0 || st.st_size != sizeof(struct metrics) ||
	    (*m = map(fd)) == NULL) {
		*m = NULL;
		return err_set(e, ERR_SERVER_FAIL, "descriptor %d is no table of metrics", fd);
	}
	if ((*m)->layout == layout())
		return true;
	metrics_close(m);
	return err_set(
	    e, ERR_SERVER_FAIL, "the table of metrics is another version's; restart outboxd");
}

void
metrics_close(struct metrics **m)
{
	if (*m != NULL)
		munmap(*m, sizeof **m);
	*m = NULL;
}

bool
labels_pack(
    enum metric f, const char *const *labels, char out[static METRIC_LABELS_BYTES], size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < metric_labels(f); i++) {
		size_t n = strlen(labels[i]) + 1;

		if (n > METRIC_LABELS_BYTES - *len)
			return false;
		memcpy(out + *len, labels[i], n);
		*len += n;
	}
	return true;
}

static bool
claim(struct place *p, enum metric f, const char *labels)
{
	uint32_t expected = PLACE_FREE;

	if (p->state != PLACE_FREE ||
	    !atomic_compare_exchange_strong(&p->state, &expected, PLACE_CLAIMED))
		return false;
	p->family = f;
	memcpy(p->labels, labels, sizeof p->labels);
	atomic_store_explicit(&p->state, PLACE_TAKEN, memory_order_release);
	return true;
}

static bool
is_of(struct place *p, enum metric f, const char *labels)
{
	return atomic_load_explicit(&p->state, memory_order_acquire) == PLACE_TAKEN &&
	    p->family == (uint32_t)f && memcmp(p->labels, labels, sizeof p->labels) == 0;
}

/* Returns the place of a series; if the table is full, counts that and returns NULL. It does
 * not wait for a place that another process is claiming.  If that claim is for the same series,
 * the series gets two places, and readers add them up. */
static struct place *
place(struct metrics *m, enum metric f, const char *const *labels)
{
	char packed[METRIC_LABELS_BYTES] = "";
	size_t len;

	if (m == NULL)
		return NULL;
	if (labels_pack(f, labels, packed, &len)) {
		uint64_t at = hash(HASH_BEGIN + f, packed, len);

		for (size_t i = 0; i < PROBES_MAX; i++) {
			struct place *p = &m->places[(at + i) % METRICS_SERIES_MAX];

			if (is_of(p, f, packed) || claim(p, f, packed) || is_of(p, f, packed))
				return p;
		}
	}
	atomic_fetch_add_explicit(&m->lost, 1, memory_order_relaxed);
	return NULL;
}

static void
raise_cell(struct place *p, size_t cell, int64_t n)
{
	atomic_fetch_add_explicit(&p->cells[cell], n, memory_order_relaxed);
}

void
metrics_add(struct metrics *m, enum metric counter, const char *const *labels, uint64_t n)
{
	struct place *p = place(m, counter, labels);

	if (p != NULL)
		raise_cell(p, 0, (int64_t)n);
}

void
metrics_set(struct metrics *m, enum metric gauge, const char *const *labels, int64_t value)
{
	struct place *p = place(m, gauge, labels);

	if (p != NULL)
		atomic_store_explicit(&p->cells[0], value, memory_order_relaxed);
}

void
metrics_observe(
    struct metrics *m, enum metric histogram, const char *const *labels, int64_t value)
{
	const int64_t *bounds = metric_families[histogram].bounds;
	struct place *p = place(m, histogram, labels);
	size_t bucket = 0;

	if (p == NULL)
		return;
	while (bounds[bucket] != 0 && value > bounds[bucket])
		bucket++;
	raise_cell(p, bucket, 1);
	raise_cell(p, CELL_SUM, value);
}
