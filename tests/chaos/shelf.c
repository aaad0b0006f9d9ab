/* tests/chaos/shelf.c -- the records of one type as they lie in the files. */
#include "tests/chaos/shelf.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/date.h"
#include "base/id.h"
#include "base/pack.h"
#include "tests/chaos/contents.h"
#include "tests/chaos/environment.h"

#define ROW_FORMAT 1
#define BODY_FORMAT 1
#define POLICY_LEN 8
#define POLICIES_MAX 8 /* more than contents.c makes */
#define BODY_MAX (16u << 20)

/* A row, copied. */
struct row {
	bool there, has_body;
	uint64_t change, made;
	int64_t created_at, deliver_at;
	uint32_t size;
	char domain[2 * CONTENTS_DOMAIN_MAX];
	size_t n_policies;
	uint64_t policies[POLICIES_MAX];
};

struct shelf {
	struct ledger *ledger;
	struct row *rows; /* by id */
	size_t n_rows;
	const char *index;                                 /* that is being read: "domain" */
	bool (*fits)(const struct row *r, struct str key); /* without the id */
	size_t entries;                                    /* that fitted */
};

struct id_text {
	char text[ID_LEN + 1];
};

static struct id_text
id_text(const struct shelf *s, uint64_t id)
{
	struct id_text t;

	id_format(s->ledger->letter, id, t.text);
	return t;
}

static uint64_t
id_of(struct str key)
{
	return key.len == 8 ? get_be64((const uint8_t *)key.s) : 0;
}

/* The row of that key, if the record may be there; otherwise NULL, and it is found wrong. */
static struct row *
row_of(struct shelf *s, const char *what, uint64_t id)
{
	if (ledger_living(s->ledger, id) > 0)
		return &s->rows[id];
	find_wrong(s->ledger->findings, "%s: in %s, and it is not to be there",
	    id_text(s, id).text, what);
	return NULL;
}

/* --- rows --- */

static bool
row_unpack(struct str value, struct row *r)
{
	struct unpack u = unpack_of(value);
	uint8_t format = unpack_u8(&u);
	struct str domain;

	r->change = unpack_u64(&u);
	r->made = unpack_u64(&u);
	r->created_at = unpack_i64(&u);
	r->deliver_at = unpack_i64(&u);
	r->size = unpack_u32(&u);
	domain = unpack_str(&u);
	snprintf(r->domain, sizeof r->domain, "%.*s", (int)domain.len, domain.s);
	r->n_policies = unpack_count(&u, POLICY_LEN);
	if (u.bad || format != ROW_FORMAT || r->n_policies > POLICIES_MAX ||
	    domain.len >= sizeof r->domain)
		return false;
	for (size_t i = 0; i < r->n_policies; i++)
		r->policies[i] = unpack_u64(&u);
	return unpack_done(&u);
}

/* The change that made the record. */
static bool
is_made_by(const struct ledger *l, uint64_t id, uint64_t made)
{
	return made <= l->n && l->changes[made].kind == WRITE_CREATE &&
	    l->changes[made].id == id;
}

static void
take_row(void *arg, struct str key, struct str value)
{
	struct shelf *s = arg;
	struct ledger *l = s->ledger;
	uint64_t id = id_of(key), change = ledger_living(l, id), number;
	struct row *r = row_of(s, "rows", id);
	unsigned client;

	if (r == NULL)
		return;
	r->there = true;
	s->n_rows++;
	if (!row_unpack(value, r)) {
		find_wrong(l->findings, "%s: its row cannot be read", id_text(s, id).text);
		return;
	}
	if (r->change != change || !is_made_by(l, id, r->made))
		find_wrong(l->findings, "%s: its row is of change %llu, made by %llu, not %llu",
		    id_text(s, id).text, (unsigned long long)r->change,
		    (unsigned long long)r->made, (unsigned long long)change);
	if (contents_whose(str_of(r->domain), &client, &number))
		ledger_claim(l, change, client, number);
}

/* --- bodies --- */

/* The JSON text that the zstd frame behind the format byte holds; NULL if it holds none. */
static json_t *
body_unpack(struct str value, uint32_t size)
{
	json_t *v = NULL;
	char *text;
	size_t len;

	if (value.len < 1 || value.s[0] != BODY_FORMAT || size > BODY_MAX)
		return NULL;
	text = mem_new(size, 1);
	len = ZSTD_decompress(text, size, value.s + 1, value.len - 1);
	if (!ZSTD_isError(len) && len == size)
		v = json_loadb(text, len, 0, NULL);
	free(text);
	return v;
}

static bool
is_date(const json_t *body, const char *name, int64_t seconds)
{
	char text[DATE_LEN + 1];
	const char *there = json_string_value(json_object_get(body, name));

	date_format(seconds, text);
	return there != NULL && strcmp(there, text) == 0;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
are_policies(const json_t *body, const struct row *r)
{
	json_t *one = json_object_get(body, "policyIdentifier");
	json_t *list = json_object_get(body, "policyIdentifiers");
	uint64_t sorted[POLICIES_MAX];
	size_t n = one != NULL ? 1 : json_array_size(list);

	if (n != r->n_policies)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] =
		    (uint64_t)json_integer_value(one != NULL ? one : json_array_get(list, i));
	qsort(sorted, n, sizeof *sorted, by_number);
	return memcmp(sorted, r->policies, n * sizeof *sorted) == 0;
}

/* Does the row say what the body says? */
static bool
row_is_of(const struct row *r, const json_t *body)
{
	const char *domain = json_string_value(json_object_get(body, "domain"));

	return domain != NULL && strcmp(domain, r->domain) == 0 &&
	    is_date(body, "createdAt", r->created_at) &&
	    is_date(body, "deliverAt", r->deliver_at) && are_policies(body, r);
}

static void
take_body(void *arg, struct str key, struct str value)
{
	struct shelf *s = arg;
	struct ledger *l = s->ledger;
	uint64_t id = id_of(key);
	struct row *r = row_of(s, "bodies", id);
	const struct change *c;
	json_t *body;

	if (r == NULL)
		return;
	r->has_body = true;
	c = &l->changes[ledger_living(l, id)];
	body = body_unpack(value, r->size);
	if (body == NULL)
		find_wrong(l->findings, "%s: its body cannot be read", id_text(s, id).text);
	else if (c->write != NULL && !contents_are(body, l->letter, c->client, c->number))
		find_wrong(l->findings, "%s: its body is not write %llu of client %u",
		    id_text(s, id).text, (unsigned long long)c->number, c->client);
	else if (!row_is_of(r, body))
		find_wrong(l->findings, "%s: its row and its body differ", id_text(s, id).text);
	json_decref(body);
}

static void
find_missing(struct shelf *s)
{
	const struct ledger *l = s->ledger;

	for (uint64_t id = 1; id <= l->last_id; id++)
		if (ledger_living(l, id) > 0 && !(s->rows[id].there && s->rows[id].has_body))
			find_lost(l->findings, "%s: it has no %s, change %llu",
			    id_text(s, id).text, s->rows[id].there ? "body" : "row",
			    (unsigned long long)l->last[id]);
}

/* --- indexes --- */

static bool
is_i64(struct str key, int64_t wanted)
{
	struct unpack u = unpack_of(key);

	return unpack_i64(&u) == wanted && unpack_done(&u);
}

static bool
fits_domain(const struct row *r, struct str key)
{
	size_t len = strlen(r->domain) + 1;

	return key.len > len && memcmp(key.s, r->domain, len) == 0 &&
	    is_i64((struct str){key.s + len, key.len - len}, r->deliver_at);
}

static bool
fits_label(const struct row *r, struct str key)
{
	size_t len = strlen(r->domain);

	if (key.len == 0 || key.len > len + 1 || key.s[key.len - 1] != '\0' ||
	    memcmp(key.s, r->domain + len + 1 - key.len, key.len) != 0)
		return false;
	return key.len == len + 1 || r->domain[len - key.len] == '.';
}

static bool
fits_created(const struct row *r, struct str key)
{
	return is_i64(key, r->created_at);
}

static bool
fits_deliver(const struct row *r, struct str key)
{
	return is_i64(key, r->deliver_at);
}

static bool
fits_policy(const struct row *r, struct str key)
{
	for (size_t i = 0; i < r->n_policies; i++)
		if (id_of(key) == r->policies[i] && key.len == POLICY_LEN)
			return true;
	return false;
}

static size_t
one_key(const struct row *r)
{
	(void)r;
	return 1;
}

static size_t
label_keys(const struct row *r)
{
	size_t n = 1;

	for (const char *c = r->domain; *c != '\0'; c++)
		n += *c == '.';
	return n;
}

static size_t
policy_keys(const struct row *r)
{
	return r->n_policies;
}

/* Keys are unique, so an index in which every entry fits and whose number is right has each
 * key of each row. */
static const struct {
	const char *name;
	bool (*fits)(const struct row *r, struct str key);
	size_t (*keys)(const struct row *r);
} indexes[] = {
    {"domain", fits_domain, one_key},
    {"label", fits_label, label_keys},
    {"createdAt", fits_created, one_key},
    {"deliverAt", fits_deliver, one_key},
    {"policy", fits_policy, policy_keys},
};

static void
take_entry(void *arg, struct str key, struct str value)
{
	struct shelf *s = arg;
	uint64_t id = id_of(value);
	struct str rest = {key.s, key.len < 8 ? 0 : key.len - 8};
	struct row *r = row_of(s, s->index, id);

	if (r == NULL)
		return;
	if (key.len < 8 || get_be64((const uint8_t *)key.s + rest.len) != id ||
	    !s->fits(r, rest))
		find_wrong(s->ledger->findings, "%s: a key in %s is not its own",
		    id_text(s, id).text, s->index);
	else
		s->entries++;
}

static bool
check_index(struct shelf *s, size_t i, struct err *e)
{
	size_t wanted = 0;
	char file[64];

	s->index = indexes[i].name;
	s->fits = indexes[i].fits;
	s->entries = 0;
	snprintf(file, sizeof file, "%s.%s", contents_type(s->ledger->letter), indexes[i].name);
	if (!environment_walk(s->ledger->dir, file, take_entry, s, e))
		return false;
	for (uint64_t id = 1; id <= s->ledger->last_id; id++)
		if (s->rows[id].there)
			wanted += indexes[i].keys(&s->rows[id]);
	if (s->entries != wanted)
		find_wrong(s->ledger->findings, "%s has %zu keys that fit, of %zu", file,
		    s->entries, wanted);
	return true;
}

bool
shelf_check(struct ledger *l, size_t *records, struct err *e)
{
	struct shelf s = {.ledger = l};
	char file[64];
	bool ok = false;

	s.rows = mem_new(l->last_id + 1, sizeof *s.rows);
	snprintf(file, sizeof file, "%s.rows", contents_type(l->letter));
	if (!environment_walk(l->dir, file, take_row, &s, e))
		goto out;
	ledger_settle(l);
	snprintf(file, sizeof file, "%s.bodies", contents_type(l->letter));
	if (!environment_walk(l->dir, file, take_body, &s, e))
		goto out;
	find_missing(&s);
	for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
		if (!check_index(&s, i, e))
			goto out;
	*records = s.n_rows;
	ok = true;
out:
	free(s.rows);
	return ok;
}
