/* tests/world.c -- records written straight into an environment, beside a plain list of the
 * same. */
#include "tests/world.h"

#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

#define DATES 40 /* few, so that many records share one */
#define POLICIES 5
#define CACHE_MB 16

static void
need(bool ok, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "world: %s\n", e->text);
	abort();
}

uint64_t
world_random(struct world *w, uint64_t below)
{
	/* splitmix64 */
	uint64_t z = w->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

void
world_open(struct world *w, const char *const *domains, uint64_t first_id, uint64_t seed)
{
	struct env_options o = {.dir = w->dir, .may_create = true, .cache_mb = CACHE_MB};
	struct err e = {0};

	*w = (struct world){.type = &dmarc_internal_report, .domains = domains, .random = seed};
	w->log = (struct log){.program = "world", .level = LOG_LEVEL_ERROR};
	w->counters.last_id = first_id;
	scratch_make(w->dir);
	need(env_open(&w->env, &o, &w->clock, &w->log, &e), &e);
}

void
world_close(struct world *w)
{
	env_close(&w->env);
	scratch_remove(w->dir);
	free(w->rows);
	*w = (struct world){0};
}

/* --- writing --- */

void
world_begin(struct world *w)
{
	struct err e = {0};
	int rc = w->env.db->txn_begin(w->env.db, NULL, &w->txn, DB_TXN_NOSYNC);

	need(rc == 0 || db_failed(&e, rc, "beginning"), &e);
}

void
world_commit(struct world *w)
{
	struct err e = {0};

	need(env_set_counters(&w->env, w->txn, w->type, &w->counters, &e), &e);
	need(env_commit(&w->env, &w->txn, &e), &e);
}

static struct str
number_key(uint8_t key[static 8], uint64_t n)
{
	put_be64(key, n);
	return (struct str){(char *)key, 8};
}

static void
write_change(struct world *w, enum store_op_kind kind, uint64_t id)
{
	struct buf entry = {0};
	struct err e = {0};
	uint8_t key[8];

	pack_u8(&entry, (uint8_t)kind);
	pack_u64(&entry, id);
	pack_i64(&entry, 0);
	need(db_put(w->env.tables[w->type->number].changes, w->txn,
		 number_key(key, ++w->counters.change), buf_str(&entry), &e),
	    &e);
	buf_free(&entry);
}

static void
write_row(struct world *w, const struct world_row *r)
{
	uint8_t key[8], policies[WORLD_POLICIES_MAX * 8];
	struct row row = {
	    .id = r->id, .change = w->counters.change, .domain = str_of(r->domain)};
	struct buf value = {0};
	struct err e = {0};

	for (size_t i = 0; i < r->n_policies; i++)
		put_be64(policies + 8 * i, r->policies[i]);
	row.created_at = r->created_at;
	row.deliver_at = r->deliver_at;
	row.n_policies = r->n_policies;
	row.policies = policies;
	row_pack(&row, &value);
	need(db_put(w->env.tables[w->type->number].rows, w->txn, number_key(key, r->id),
		 buf_str(&value), &e),
	    &e);
	buf_free(&value);
}

static void
fill(struct world *w, struct world_row *r)
{
	size_t n = 0;
	uint64_t first = world_random(w, POLICIES);

	while (w->domains[n] != NULL)
		n++;
	snprintf(r->domain, sizeof r->domain, "%s", w->domains[world_random(w, n)]);
	r->created_at = (int64_t)world_random(w, DATES) - DATES / 2;
	r->deliver_at = (int64_t)world_random(w, DATES) - DATES / 2;
	r->n_policies = (size_t)world_random(w, WORLD_POLICIES_MAX + 1);
	for (size_t i = 0; i < r->n_policies; i++)
		r->policies[i] = first + i;
}

void
world_create(struct world *w, size_t n)
{
	for (; n > 0; n--) {
		struct world_row *r;

		if (w->n == w->cap) {
			w->cap = w->cap > 0 ? 2 * w->cap : 64;
			w->rows = mem_grow(w->rows, w->cap, sizeof *w->rows);
		}
		r = &w->rows[w->n++];
		*r = (struct world_row){.id = ++w->counters.last_id, .alive = true};
		fill(w, r);
		write_change(w, STORE_CREATE, r->id);
		write_row(w, r);
	}
}

void
world_update(struct world *w, struct world_row *r)
{
	fill(w, r);
	write_change(w, STORE_UPDATE, r->id);
	write_row(w, r);
}

void
world_destroy(struct world *w, struct world_row *r)
{
	struct err e = {0};
	uint8_t key[8];

	r->alive = false;
	write_change(w, STORE_DESTROY, r->id);
	need(db_delete(w->env.tables[w->type->number].rows, w->txn, number_key(key, r->id), &e),
	    &e);
}

struct world_row *
world_pick(struct world *w)
{
	size_t at = w->n > 0 ? (size_t)world_random(w, w->n) : 0;

	for (size_t i = 0; i < w->n; i++) {
		struct world_row *r = &w->rows[(at + i) % w->n];

		if (r->alive)
			return r;
	}
	return NULL;
}

/* --- random questions --- */

/* An A-label in Unicode; NULL for any other.  For idn2_free(). */
static char *
decode_label(const char *label, size_t len)
{
	char text[64], *decoded = NULL;

	if (len >= sizeof text || strncmp(label, "xn--", 4) != 0)
		return NULL;
	memcpy(text, label, len);
	text[len] = '\0';
	return idn2_to_unicode_8z8z(text, &decoded, 0) == IDN2_OK ? decoded : NULL;
}

/* The beginning of the first label of s, as people type it. */
static char *
random_decoded(struct world *w, struct str s)
{
	char *decoded = decode_label(s.s, strcspn(s.s, "."));
	struct str text = str_of(decoded);
	char *copy;

	text.len = 1 + (size_t)world_random(w, text.len);
	while (((unsigned char)text.s[text.len] & 0xc0) == 0x80)
		text.len++;
	copy = str_dup(text);
	idn2_free(decoded);
	return copy;
}

/* The start of a domain, or of what follows one of its dots. */
static char *
random_text(struct world *w)
{
	static const char *const rare[] = {"", "com", "nowhere", "z", "a.example.com.au", "."};
	size_t n = 0;
	struct str s;

	while (w->domains[n] != NULL)
		n++;
	if (world_random(w, 8) == 0)
		return str_dup(str_of(rare[world_random(w, sizeof rare / sizeof rare[0])]));
	s = str_of(w->domains[world_random(w, n)]);
	while (world_random(w, 2) == 0) {
		const char *dot = memchr(s.s, '.', s.len);

		if (dot == NULL)
			break;
		s.len -= (size_t)(dot + 1 - s.s);
		s.s = dot + 1;
	}
	if (strncmp(s.s, "xn--", 4) == 0 && world_random(w, 4) != 0)
		return random_decoded(w, s);
	if (world_random(w, 2) == 0)
		s.len = 1 + (size_t)world_random(w, s.len);
	return str_dup(s);
}

static void
random_condition(struct world *w, struct filter *f)
{
	static const enum key keys[] = {
	    KEY_DOMAIN, KEY_DOMAIN, KEY_CREATED_AT, KEY_DELIVER_AT, KEY_POLICY};

	*f = (struct filter){.kind = FILTER_KEY};
	f->key = keys[world_random(w, sizeof keys / sizeof keys[0])];
	if (f->key == KEY_DOMAIN) {
		f->relation = REL_TEXT;
		f->text = random_text(w);
	} else if (f->key == KEY_POLICY) {
		f->relation = REL_EQUAL;
		f->number = (int64_t)world_random(w, POLICIES + 3) - 1;
	} else {
		f->relation = REL_EQUAL + (enum relation)world_random(w, 5);
		f->number = (int64_t)world_random(w, DATES + 4) - DATES / 2 - 2;
		if (world_random(w, 50) == 0)
			f->number = world_random(w, 2) == 0 ? INT64_MAX : INT64_MIN;
	}
}

void
world_filter(struct world *w, struct filter *f, unsigned depth)
{
	if (depth == 0 || world_random(w, 3) == 0) {
		random_condition(w, f);
		return;
	}
	*f = (struct filter){.kind = FILTER_AND + (enum filter_kind)world_random(w, 3)};
	f->n = (size_t)world_random(w, 8) == 0 ? 0 : 1 + (size_t)world_random(w, 4);
	f->children = mem_new(f->n, sizeof *f->children);
	for (size_t i = 0; i < f->n; i++)
		world_filter(w, &f->children[i], depth - 1);
}

size_t
world_sort(struct world *w, struct sort *sort)
{
	static const enum key keys[] = {KEY_ID, KEY_DOMAIN, KEY_CREATED_AT, KEY_DELIVER_AT};
	size_t n = (size_t)world_random(w, SORT_MAX + 1);

	for (size_t i = 0; i < n; i++)
		sort[i] = (struct sort){keys[world_random(w, 4)], world_random(w, 2) == 0};
	return n;
}

void
world_print(const struct filter *f)
{
	static const char *const names[] = {"", "AND", "OR", "NOT"};
	static const char *const keys[] = {
	    "", "id", "domain", "createdAt", "deliverAt", "policy"};
	static const char *const relations[] = {"", "=", "<", "<=", ">", ">=", "~"};

	if (f == NULL) {
		fprintf(stderr, "none");
		return;
	}
	if (f->kind == FILTER_KEY) {
		fprintf(stderr, "%s %s ", keys[f->key], relations[f->relation]);
		if (f->text != NULL)
			fprintf(stderr, "\"%s\"", f->text);
		else
			fprintf(stderr, "%lld", (long long)f->number);
		return;
	}
	fprintf(stderr, "%s(", names[f->kind]);
	for (size_t i = 0; i < f->n; i++) {
		fprintf(stderr, i > 0 ? ", " : "");
		world_print(&f->children[i]);
	}
	fprintf(stderr, ")");
}

/* --- the answer by looking at every record --- */

static bool
compares(int64_t a, enum relation r, int64_t b)
{
	switch (r) {
	case REL_EQUAL:
		return a == b;
	case REL_LESS:
		return a < b;
	case REL_LESS_EQUAL:
		return a <= b;
	case REL_GREATER:
		return a > b;
	case REL_GREATER_EQUAL:
		return a >= b;
	case REL_TEXT:
		break;
	}
	return false;
}

/* The label in Unicode begins with text. */
static bool
label_begins(const char *label, const char *text)
{
	char *decoded = decode_label(label, strcspn(label, "."));
	bool begins = decoded != NULL && strncmp(decoded, text, strlen(text)) == 0;

	idn2_free(decoded);
	return begins;
}

static bool
rest_matches(const char *s, const char *text)
{
	const char *dot = strrchr(text, '.');
	size_t len = strlen(text), head = dot == NULL ? 0 : (size_t)(dot + 1 - text);

	if (strncmp(s, text, len) == 0)
		return true;
	if (head == len)
		return len > 1 && strlen(s) == len - 1 && strncmp(s, text, len - 1) == 0;
	return strncmp(s, text, head) == 0 && label_begins(s + head, text + head);
}

static bool
text_matches(const char *domain, const char *text)
{
	for (const char *s = domain; s != NULL; s = strchr(s, '.')) {
		s += s != domain;
		if (rest_matches(s, text))
			return true;
	}
	return false;
}

static bool
condition_matches(const struct filter *f, const struct world_row *r)
{
	if (f->key == KEY_DOMAIN)
		return text_matches(r->domain, f->text);
	if (f->key == KEY_CREATED_AT)
		return compares(r->created_at, f->relation, f->number);
	if (f->key == KEY_DELIVER_AT)
		return compares(r->deliver_at, f->relation, f->number);
	for (size_t i = 0; i < r->n_policies; i++)
		if ((int64_t)r->policies[i] == f->number)
			return true;
	return false;
}

static bool
matches(const struct filter *f, const struct world_row *r)
{
	size_t matching = 0;

	if (f == NULL)
		return true;
	if (f->kind == FILTER_KEY)
		return condition_matches(f, r);
	for (size_t i = 0; i < f->n; i++)
		matching += matches(&f->children[i], r);
	if (f->kind == FILTER_AND)
		return matching == f->n;
	return f->kind == FILTER_OR ? matching > 0 : matching == 0;
}

struct sorting {
	const struct sort *sort;
	size_t n;
};

static int
compare_key(const struct world_row *a, const struct world_row *b, enum key k)
{
	switch (k) {
	case KEY_DOMAIN:
		return strcmp(a->domain, b->domain);
	case KEY_CREATED_AT:
		return (a->created_at > b->created_at) - (a->created_at < b->created_at);
	case KEY_DELIVER_AT:
		return (a->deliver_at > b->deliver_at) - (a->deliver_at < b->deliver_at);
	default:
		return (a->id > b->id) - (a->id < b->id);
	}
}

static int
compare_rows(const void *x, const void *y, void *sorting)
{
	const struct world_row *a = *(const struct world_row *const *)x;
	const struct world_row *b = *(const struct world_row *const *)y;
	const struct sorting *s = sorting;
	struct sort last = s->n > 0 ? s->sort[s->n - 1] : (struct sort){KEY_ID, false};
	int c = 0;

	for (size_t i = 0; i < s->n && c == 0; i++)
		c = compare_key(a, b, s->sort[i].key) * (s->sort[i].ascending ? 1 : -1);
	if (c == 0 && last.key == KEY_DOMAIN)
		c = compare_key(a, b, KEY_DELIVER_AT) * (last.ascending ? 1 : -1);
	if (c == 0)
		c = compare_key(a, b, KEY_ID) * (last.ascending ? 1 : -1);
	return c;
}

uint64_t *
world_query(
    struct world *w, const struct filter *f, const struct sort *sort, size_t n_sort, size_t *n)
{
	const struct world_row **list = mem_new(w->n, sizeof *list);
	uint64_t *ids = mem_new(w->n, sizeof *ids);
	struct sorting s = {sort, n_sort};

	*n = 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->rows[i].alive && matches(f, &w->rows[i]))
			list[(*n)++] = &w->rows[i];
	qsort_r(list, *n, sizeof *list, compare_rows, &s);
	for (size_t i = 0; i < *n; i++)
		ids[i] = list[i]->id;
	free(list);
	return ids;
}
