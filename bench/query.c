/* bench/query.c -- what each shape of /query costs in the store, at several sizes of the
 * outbox.
 *
 *   build/bench/query [-d DIR] [-c CACHE_MB] [RECORDS ...]
 *
 * Loads that many DMARC records (10000 and 1000000, if nothing is said) and prints the median
 * time of each question in microseconds, and the last column's ratio to the first.  With -d the
 * environments are made in DIR, kept, and taken again the next time; without, they are made
 * under $TMPDIR or /tmp and removed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pack.h"
#include "storage/env.h"
#include "storage/filter.h"

#define SIZES_MAX 8
#define ROUNDS 25
/* Records in one transaction: the cache must hold all pages that it touches twice. */
#define BATCH 250
#define LOAD_CACHE_MB 512
#define DOMAINS 1000
#define NETS 3 /* d17.example, d17.test, d17.invalid */
#define POLICIES 10
#define DAY_S 86400
#define SPAN_S (30 * DAY_S) /* createdAt and deliverAt are spread over so much */
#define START_S 1767225600  /* 2026-01-01 */

static _Noreturn void
give_up(const struct err *e)
{
	fprintf(stderr, "bench/query: %s\n", e->text);
	exit(1);
}

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	/* splitmix64 */
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

/* --- the outbox --- */

static const char *const nets[NETS] = {"example", "test", "invalid"};

static bool
add_record(struct env *env, DB_TXN *txn, uint64_t id, uint64_t *seed, struct err *e)
{
	uint8_t key[8], policy[8];
	struct buf domain = {0}, value = {0};
	struct row r = {.id = id, .change = id, .created_change = id, .n_policies = 1};
	bool ok;

	buf_printf(&domain, "d%llu.%s", (unsigned long long)draw(seed, DOMAINS),
	    nets[draw(seed, NETS)]);
	r.domain = buf_str(&domain);
	r.created_at = START_S + (int64_t)draw(seed, SPAN_S);
	r.deliver_at = r.created_at + (int64_t)draw(seed, DAY_S);
	put_be64(policy, draw(seed, POLICIES));
	r.policies = policy;
	put_be64(key, id);
	row_pack(&r, &value);
	ok = db_put(env->tables[dmarc_internal_report.number].rows, txn,
	    (struct str){(char *)key, sizeof key}, buf_str(&value), e);
	buf_free(&domain);
	buf_free(&value);
	return ok;
}

static void
add_batch(struct env *env, struct counters *c, uint64_t last_id, uint64_t *seed)
{
	struct err e = {0};
	DB_TXN *txn;
	int rc = env->db->txn_begin(env->db, NULL, &txn, DB_TXN_WRITE_NOSYNC);

	if (rc != 0) {
		db_failed(&e, rc, "beginning");
		give_up(&e);
	}
	while (c->last_id < last_id)
		if (!add_record(env, txn, ++c->last_id, seed, &e))
			give_up(&e);
	if (!env_set_counters(env, txn, &dmarc_internal_report, c, &e) ||
	    !env_commit(env, &txn, &e))
		give_up(&e);
}

static void
open_outbox(struct env *env, const char *dir, unsigned cache_mb, const struct log *log)
{
	static const struct clock clock;
	struct env_options o = {.dir = dir, .may_create = true, .cache_mb = cache_mb};
	struct err e = {0};

	if (!env_open(env, &o, &clock, log, &e))
		give_up(&e);
}

static void
load(const char *dir, uint64_t records, const struct log *log)
{
	int64_t start_us = clock_monotonic_us();
	struct counters c;
	struct err e = {0};
	uint64_t seed = 1;
	struct env env;

	open_outbox(&env, dir, LOAD_CACHE_MB, log);
	if (!env_counters(&env, NULL, &dmarc_internal_report, &c, &e))
		give_up(&e);
	while (c.last_id < records)
		add_batch(
		    &env, &c, records - c.last_id < BATCH ? records : c.last_id + BATCH, &seed);
	env_close(&env);
	fprintf(stderr, "%llu records: %.1f s\n", (unsigned long long)records,
	    (double)(clock_monotonic_us() - start_us) / 1e6);
}

/* --- the questions --- */

struct question {
	struct store_query query;
	struct filter filter, children[4], grandchildren[4];
	char texts[4][32];
	uint64_t seed;
};

static void
set_text(struct question *q, struct filter *f, size_t n, const char *end)
{
	snprintf(q->texts[n], sizeof q->texts[n], "d%llu%s",
	    (unsigned long long)draw(&q->seed, DOMAINS), end);
	*f = (struct filter){
	    .kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_TEXT, .text = q->texts[n]};
}

static void
set_date(struct filter *f, enum key key, enum relation relation, int64_t days)
{
	*f = (struct filter){.kind = FILTER_KEY, .key = key, .relation = relation};
	f->number = START_S + days * DAY_S;
}

static void
set_operator(struct filter *f, enum filter_kind kind, struct filter *children, size_t n)
{
	*f = (struct filter){.kind = kind, .n = n, .children = children};
}

static void
one_domain(struct question *q)
{
	set_text(q, &q->filter, 0, ".test");
	q->query.filter = &q->filter;
}

static void
label_of_some(struct question *q)
{
	one_domain(q);
	snprintf(q->texts[0], sizeof q->texts[0], "test");
}

static void
names_of_some(struct question *q)
{
	set_text(q, &q->filter, 0, ".");
	q->query.filter = &q->filter;
}

static void
names_of_many(struct question *q)
{
	names_of_some(q);
	snprintf(q->texts[0], sizeof q->texts[0], "d%llu",
	    1 + (unsigned long long)draw(&q->seed, 9));
}

static void
due(struct question *q)
{
	set_date(&q->filter, KEY_DELIVER_AT, REL_LESS_EQUAL, 10 + (int64_t)draw(&q->seed, 10));
	q->query.filter = &q->filter;
}

static void
due_of_one_domain(struct question *q)
{
	set_text(q, &q->children[0], 0, ".test");
	set_date(&q->children[1], KEY_DELIVER_AT, REL_LESS_EQUAL, 15);
	set_operator(&q->filter, FILTER_AND, q->children, 2);
	q->query.filter = &q->filter;
}

static void
due_but_one_domain(struct question *q)
{
	due_of_one_domain(q);
	q->grandchildren[0] = q->children[0];
	set_operator(&q->children[0], FILTER_NOT, q->grandchildren, 1);
}

static void
two_domains_not_dates(struct question *q)
{
	set_text(q, &q->grandchildren[0], 0, ".test");
	set_text(q, &q->grandchildren[1], 1, ".example");
	set_date(&q->grandchildren[2], KEY_CREATED_AT, REL_GREATER_EQUAL, 5);
	set_date(&q->grandchildren[3], KEY_CREATED_AT, REL_LESS, 20);
	set_operator(&q->children[0], FILTER_OR, q->grandchildren, 2);
	set_operator(&q->children[2], FILTER_AND, q->grandchildren + 2, 2);
	set_operator(&q->children[1], FILTER_NOT, q->children + 2, 1);
	set_operator(&q->filter, FILTER_AND, q->children, 2);
	q->query.filter = &q->filter;
}

static void
two_labels_not_dates(struct question *q)
{
	two_domains_not_dates(q);
	snprintf(q->texts[0], sizeof q->texts[0], "test");
	snprintf(q->texts[1], sizeof q->texts[1], "example");
}

static void
two_date_ranges(struct question *q)
{
	set_date(&q->children[0], KEY_CREATED_AT, REL_GREATER_EQUAL, 10);
	set_date(&q->children[1], KEY_DELIVER_AT, REL_LESS, 20);
	set_operator(&q->filter, FILTER_AND, q->children, 2);
	q->query.filter = &q->filter;
}

static void
one_policy(struct question *q)
{
	q->filter =
	    (struct filter){.kind = FILTER_KEY, .key = KEY_POLICY, .relation = REL_EQUAL};
	q->filter.number = (int64_t)draw(&q->seed, POLICIES);
	q->query.filter = &q->filter;
}

static void
everything(struct question *q)
{
	q->query.filter = NULL;
}

static const struct {
	const char *name;
	void (*ask)(struct question *q);
} filters[] = {
    {"everything", everything},
    {"domain, one name", one_domain},
    {"domain, a label of a third", label_of_some},
    {"domain, 3 names", names_of_some},
    {"domain, 333 names", names_of_many},
    {"policy", one_policy},
    {"deliverAt <= T", due},
    {"domain AND deliverAt <= T", due_of_one_domain},
    {"NOT domain AND deliverAt <= T", due_but_one_domain},
    {"(domain OR domain) AND NOT dates", two_domains_not_dates},
    {"(label OR label) AND NOT dates", two_labels_not_dates},
    {"createdAt >= T AND deliverAt < T", two_date_ranges},
};

static const struct {
	const char *name;
	struct sort sort[SORT_MAX];
	size_t n;
} orders[] = {
    {"newest first", {{KEY_NONE, false}}, 0},
    {"deliverAt", {{KEY_DELIVER_AT, true}}, 1},
    {"domain, latest first", {{KEY_DOMAIN, true}, {KEY_DELIVER_AT, false}}, 2},
};

static void
first_page(struct question *q, struct env *env)
{
	(void)q;
	(void)env;
}

static void
first_page_and_total(struct question *q, struct env *env)
{
	(void)env;
	q->query.total = true;
}

static void
deep_position(struct question *q, struct env *env)
{
	(void)env;
	q->query.position = -1 - (int64_t)draw(&q->seed, 1000);
}

/* One of the results, anywhere among them. */
static void
by_anchor(struct question *q, struct env *env)
{
	struct store_query some = q->query;
	struct store_ids out;
	struct err e = {0};

	some.total = true;
	some.limit = 1;
	if (!read_query(env, &some, &out, &e))
		give_up(&e);
	some.position = (int64_t)draw(&q->seed, out.total + 1);
	store_ids_free(&out);
	if (!read_query(env, &some, &out, &e))
		give_up(&e);
	q->query.has_anchor = out.n > 0;
	q->query.anchor = out.n > 0 ? out.ids[0] : 0;
	store_ids_free(&out);
}

static const struct {
	const char *name;
	void (*ask)(struct question *q, struct env *env);
} pages[] = {
    {"first 100", first_page},
    {"and total", first_page_and_total},
    {"from the end", deep_position},
    {"by anchor", by_anchor},
};

enum {
	N_FILTERS = sizeof filters / sizeof filters[0],
	N_ORDERS = sizeof orders / sizeof orders[0],
	N_PAGES = sizeof pages / sizeof pages[0],
};

/* --- times --- */

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t
ask_once(struct env *env, const struct question *q)
{
	int64_t start_us = clock_monotonic_us();
	struct store_ids out = {0};
	struct err e = {0};

	if (!read_query(env, &q->query, &out, &e))
		give_up(&e);
	store_ids_free(&out);
	return clock_monotonic_us() - start_us;
}

static int64_t
median_us(struct env *env, size_t filter, size_t order, size_t page)
{
	struct question q = {.seed = 7};
	int64_t times[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		q.query = (struct store_query){.type = &dmarc_internal_report, .limit = 100};
		memcpy(q.query.sort, orders[order].sort, sizeof q.query.sort);
		q.query.n_sort = orders[order].n;
		filters[filter].ask(&q);
		pages[page].ask(&q, env);
		ask_once(env, &q); /* brings its pages into the cache */
		times[i] = ask_once(env, &q);
	}
	qsort(times, ROUNDS, sizeof *times, by_time);
	return times[ROUNDS / 2];
}

typedef int64_t medians[N_FILTERS][N_ORDERS][N_PAGES];

static void
measure(const char *dir, unsigned cache_mb, uint64_t records, medians m)
{
	const struct log log = {.program = "bench", .level = LOG_LEVEL_WARN};
	struct env env;

	load(dir, records, &log);
	open_outbox(&env, dir, cache_mb, &log);
	for (size_t f = 0; f < N_FILTERS; f++)
		for (size_t o = 0; o < N_ORDERS; o++)
			for (size_t p = 0; p < N_PAGES; p++)
				m[f][o][p] = median_us(&env, f, o, p);
	env_close(&env);
}

static void
print(size_t n, const uint64_t *sizes, medians *m)
{
	printf("%-34s %-21s %-13s", "filter", "order", "page");
	for (size_t i = 0; i < n; i++)
		printf(" %9llu", (unsigned long long)sizes[i]);
	printf("  ratio\n");
	for (size_t f = 0; f < N_FILTERS; f++)
		for (size_t o = 0; o < N_ORDERS; o++)
			for (size_t p = 0; p < N_PAGES; p++) {
				printf("%-34s %-21s %-13s", filters[f].name, orders[o].name,
				    pages[p].name);
				for (size_t i = 0; i < n; i++)
					printf(" %9lld", (long long)m[i][f][o][p]);
				printf(" %6.1f\n",
				    (double)m[n - 1][f][o][p] / (double)(m[0][f][o][p] + 1));
			}
}

static void
remove_files(const char *dir)
{
	struct buf command = {0};

	buf_printf(&command, "rm -r -- '%s'", dir);
	if (system(buf_terminate(&command)) != 0)
		fprintf(stderr, "bench/query: %s is left\n", dir);
	buf_free(&command);
}

int
main(int argc, char **argv)
{
	uint64_t sizes[SIZES_MAX] = {10000, 1000000};
	char made[64] = "";
	const char *dir = NULL, *tmp = getenv("TMPDIR");
	unsigned cache_mb = 64;
	size_t n = 0;
	medians *m;
	int option;

	while ((option = getopt(argc, argv, "d:c:")) != -1) {
		uint64_t mb;

		if (option == 'd')
			dir = optarg;
		else if (option == 'c' && str_to_u64(str_of(optarg), 65536, &mb) && mb > 0)
			cache_mb = (unsigned)mb;
		else
			return 2;
	}
	for (; optind < argc && n < SIZES_MAX; optind++)
		if (!str_to_u64(str_of(argv[optind]), UINT32_MAX, &sizes[n++]))
			return 2;
	if (n == 0)
		n = 2;
	if (dir == NULL) {
		snprintf(made, sizeof made, "%.40s/bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
		dir = mkdtemp(made);
	}
	if (dir == NULL || (mkdir(dir, 0700) != 0 && errno != EEXIST)) {
		perror("bench/query");
		return 1;
	}
	m = mem_new(n, sizeof *m);
	for (size_t i = 0; i < n; i++) {
		struct buf path = {0};

		buf_printf(&path, "%s/%llu", dir, (unsigned long long)sizes[i]);
		measure(buf_terminate(&path), cache_mb, sizes[i], m[i]);
		buf_free(&path);
	}
	print(n, sizes, m);
	free(m);
	if (made[0] != '\0')
		remove_files(made);
	return 0;
}
