/* storage/query/range.c -- an interval of one index's keys, and which record numbers it has in
 * a snapshot. */
#include "storage/query/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

#define PART_BYTES 8 /* of every part but a name, which comes first and ends in a NUL */

/* A bulk read must have room for the largest row: one with MODEL_MAX_INDEXED_VALUES policies.
 */
#define BULK_SMALL_BYTES (16u << 10)
#define BULK_BYTES (256u << 10)
/* In most cases this number of entries of any index fits into BULK_SMALL_BYTES. */
#define SMALL_ENTRIES 128

const struct range_parts range_parts[RANGE_INDEXES] = {
    [INDEX_DOMAIN] = {3, {KEY_DOMAIN, KEY_DELIVER_AT, KEY_ID}},
    [INDEX_LABEL] = {2, {KEY_NONE, KEY_ID}},
    [INDEX_CREATED_AT] = {2, {KEY_CREATED_AT, KEY_ID}},
    [INDEX_DELIVER_AT] = {2, {KEY_DELIVER_AT, KEY_ID}},
    [INDEX_POLICY] = {2, {KEY_POLICY, KEY_ID}},
    [INDEX_ROWS] = {1, {KEY_ID}},
};

size_t
range_prefix(enum index i, struct str key, size_t n)
{
	size_t behind = (range_parts[i].n - n) * PART_BYTES;

	return n == 0 || key.len < behind ? 0 : key.len - behind;
}

static int
compare(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int c = len == 0 ? 0 : memcmp(a.s, b.s, len);

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

/* --- reading --- */

#define CURSOR_UNITS 20    /* of base/budget.h, to move a cursor in an index */
#define ENTRIES_PER_UNIT 8 /* that are read in bulk */

static bool
cursor_open(struct reader *r, enum index i, DBC **c, struct err *e)
{
	const struct table *t = r->snapshot->table;
	DB *db = i == INDEX_ROWS ? t->rows : t->scan[i];
	int rc;

	if (!snapshot_charge(r->snapshot, CURSOR_UNITS, e))
		return false;
	if (r->cursors[i] == NULL) {
		rc = db->cursor(db, r->snapshot->txn, &r->cursors[i], 0);
		if (rc != 0) {
			r->cursors[i] = NULL;
			return db_failed(e, rc, "opening a cursor");
		}
	}
	*c = r->cursors[i];
	return true;
}

/* How many entries there are up to the cursor's, which is one of them. */
static bool
cursor_recno(DBC *c, uint64_t *n, struct err *e)
{
	db_recno_t recno = 0;
	DBT key = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBT value = {.data = &recno, .ulen = sizeof recno, .flags = DB_DBT_USERMEM};
	int rc = c->get(c, &key, &value, DB_GET_RECNO);

	if (rc != 0)
		return db_failed(e, rc, "finding a place in an index");
	*n = recno;
	return true;
}

bool
reader_size(struct reader *r, enum index i, uint64_t *n, struct err *e)
{
	DBT key = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL}, value = key;
	DBC *c;
	int rc;

	*n = 0;
	if (!cursor_open(r, i, &c, e))
		return false;
	rc = c->get(c, &key, &value, DB_LAST);
	if (rc == DB_NOTFOUND)
		return true;
	if (rc != 0)
		return db_failed(e, rc, "reading an index's end");
	return cursor_recno(c, n, e);
}

bool
reader_number(struct reader *r, enum index i, struct str key, uint64_t *number, struct err *e)
{
	char bytes[RANGE_KEY_MAX];
	DBT k = {.data = bytes, .ulen = sizeof bytes, .flags = DB_DBT_USERMEM};
	DBT v = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c;
	int rc;

	*number = 0;
	if (key.len == 0)
		return true;
	if (!cursor_open(r, i, &c, e))
		return false;
	/* A longer key, cut, sorts among those that exist as before. */
	k.size = (uint32_t)(key.len < sizeof bytes ? key.len : sizeof bytes);
	memcpy(bytes, key.s, k.size);
	rc = c->get(c, &k, &v, DB_SET_RANGE);
	if (rc == DB_NOTFOUND)
		return reader_size(r, i, number, e);
	if (rc != 0)
		return db_failed(e, rc, "finding a key in an index");
	if (!cursor_recno(c, number, e))
		return false;
	(*number)--;
	return true;
}

/* Berkeley DB counts from 1. */
static db_recno_t
recno_of(uint64_t number)
{
	return (db_recno_t)(number + 1);
}

bool
reader_key(struct reader *r, enum index i, uint64_t number, struct buf *key, struct err *e)
{
	db_recno_t recno = recno_of(number);
	char bytes[RANGE_KEY_MAX];
	DBT k = {
	    .data = bytes, .size = sizeof recno, .ulen = sizeof bytes, .flags = DB_DBT_USERMEM};
	DBT v = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c;
	int rc;

	memcpy(bytes, &recno, sizeof recno);
	if (!cursor_open(r, i, &c, e))
		return false;
	rc = c->get(c, &k, &v, DB_SET_RECNO);
	if (rc != 0)
		return db_failed(e, rc, "reading an index by place");
	buf_clear(key);
	buf_add(key, bytes, k.size);
	return true;
}

static void
entries_add(struct entries *x, bool keys, const void *key, size_t len)
{
	x->ids[x->n] = get_be64((const uint8_t *)key + len - PART_BYTES);
	if (keys) {
		buf_add(&x->keys, key, len);
		x->ends[x->n] = x->keys.len;
	}
	x->n++;
}

static void
entries_clear(struct entries *x, size_t n)
{
	x->n = 0;
	buf_clear(&x->keys);
	if (n > x->cap) {
		x->ids = mem_grow(x->ids, n, sizeof *x->ids);
		x->ends = mem_grow(x->ends, n, sizeof *x->ends);
		x->cap = n;
	}
}

struct str
entries_key(const struct entries *x, size_t i)
{
	size_t at = i == 0 ? 0 : x->ends[i - 1];

	return (struct str){x->keys.s + at, x->ends[i] - at};
}

void
entries_free(struct entries *x)
{
	free(x->ids);
	free(x->ends);
	buf_free(&x->keys);
	*x = (struct entries){0};
}

bool
reader_entries(struct reader *r, enum index i, uint64_t number, size_t n, bool keys,
    struct entries *out, struct err *e)
{
	db_recno_t recno = recno_of(number);
	char bytes[RANGE_KEY_MAX];
	DBT k = {
	    .data = bytes, .size = sizeof recno, .ulen = sizeof bytes, .flags = DB_DBT_USERMEM};
	DBT v = {.ulen = n <= SMALL_ENTRIES ? BULK_SMALL_BYTES : BULK_BYTES,
	    .flags = DB_DBT_USERMEM};
	uint32_t how = DB_SET_RECNO;
	DBC *c;

	entries_clear(out, n);
	if (!snapshot_charge(r->snapshot, n / ENTRIES_PER_UNIT, e) || !cursor_open(r, i, &c, e))
		return false;
	if (r->bulk == NULL)
		r->bulk = mem_new(BULK_BYTES, 1);
	v.data = r->bulk;
	memcpy(bytes, &recno, sizeof recno);
	for (; out->n < n; how = DB_NEXT) {
		void *at, *key, *value;
		size_t key_len, value_len;
		int rc = c->get(c, &k, &v, how | DB_MULTIPLE_KEY);

		if (rc != 0)
			return db_failed(e, rc, "reading an index");
		DB_MULTIPLE_INIT(at, &v);
		while (out->n < n) {
			DB_MULTIPLE_KEY_NEXT(at, &v, key, key_len, value, value_len);
			if (at == NULL)
				break;
			(void)value;
			(void)value_len;
			if (key_len < PART_BYTES)
				return err_set(
				    e, ERR_DAMAGED, "an index has a key that is too short");
			entries_add(out, keys, key, key_len);
		}
	}
	return true;
}

int
reader_row(struct reader *r, uint64_t id, struct row *row, struct err *e)
{
	return snapshot_row(r->snapshot, id, &r->row, row, e);
}

bool
reader_open(struct reader *r, struct snapshot *s, struct err *e)
{
	*r = (struct reader){.snapshot = s};
	return reader_size(r, INDEX_ROWS, &r->records, e);
}

void
reader_close(struct reader *r)
{
	for (size_t i = 0; i < RANGE_INDEXES; i++)
		if (r->cursors[i] != NULL)
			r->cursors[i]->close(r->cursors[i]);
	free(r->bulk);
	buf_free(&r->row);
	*r = (struct reader){0};
}

/* --- intervals --- */

static bool
find_fixed(struct range *g, struct reader *r, struct err *e)
{
	struct buf first = {0}, last = {0};
	bool ok = false;

	g->fixed = 0;
	if (!reader_key(r, g->index, g->lo, &first, e) ||
	    !reader_key(r, g->index, g->hi - 1, &last, e))
		goto out;
	for (size_t n = 1; n < range_parts[g->index].n; n++) {
		struct str a = buf_str(&first), b = buf_str(&last);

		a.len = range_prefix(g->index, a, n);
		b.len = range_prefix(g->index, b, n);
		if (!str_equal(a, b))
			break;
		g->fixed = n;
	}
	ok = true;
out:
	buf_free(&first);
	buf_free(&last);
	return ok;
}

bool
range_resolve(struct range *g, struct reader *r, struct err *e)
{
	if (!reader_number(r, g->index, buf_str(&g->low), &g->lo, e))
		return false;
	if (g->high.len == 0) {
		if (!reader_size(r, g->index, &g->hi, e))
			return false;
	} else if (!reader_number(r, g->index, buf_str(&g->high), &g->hi, e)) {
		return false;
	}
	return range_is_empty(g) || find_fixed(g, r, e);
}

void
range_end(struct buf *key, size_t n)
{
	static const uint8_t last[PART_BYTES] = {
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	for (size_t i = 0; i < n; i++)
		buf_add(key, last, sizeof last);
}

bool
range_whole(struct range *g, enum index i, struct reader *r, struct err *e)
{
	*g = (struct range){.index = i};
	return range_resolve(g, r, e);
}

uint64_t
range_count(const struct range *g)
{
	return range_is_empty(g) ? 0 : g->hi - g->lo;
}

bool
range_is_empty(const struct range *g)
{
	return g->lo >= g->hi;
}

bool
range_is_distinct(const struct range *g)
{
	return g->fixed > 0 || (g->index != INDEX_LABEL && g->index != INDEX_POLICY);
}

void
range_copy(struct range *to, const struct range *from)
{
	*to = *from;
	to->low = to->high = (struct buf){0};
	buf_add_str(&to->low, buf_str(&from->low));
	buf_add_str(&to->high, buf_str(&from->high));
}

void
range_free(struct range *g)
{
	buf_free(&g->low);
	buf_free(&g->high);
	*g = (struct range){0};
}

static bool
holds(const struct range *g, struct str key)
{
	return compare(key, buf_str(&g->low)) >= 0 &&
	    (g->high.len == 0 || compare(key, buf_str(&g->high)) < 0);
}

bool
range_row_key(const struct range *g, const struct row *row, struct buf *key)
{
	buf_clear(key);
	if (g->index == INDEX_ROWS) {
		pack_u64(key, row->id);
		return true;
	}
	for (size_t nth = 0; row_index_key(row, g->index, nth, key); nth++) {
		if (holds(g, buf_str(key)))
			return true;
		buf_clear(key);
	}
	return false;
}
