/* storage/query/text.c -- the names that begin with what somebody types, as intervals of the
 * label index.
 *
 * The index has names as they are stored: "xn--bcher-kva.example".  RFC 3492, 3.1 helps to find
 * that for "büch": an A-label begins with the label's own ASCII letters, here "bcher".  So only
 * names that begin with "xn--bch" are decoded and compared. */
#include <stdlib.h>
#include <string.h>

#include "model/domain.h"
#include "storage/query/plan.h"

/* Of the name in a key, without the NUL behind it. */
static size_t
name_len(struct str key)
{
	size_t len = range_prefix(INDEX_LABEL, key, 1);

	return len > 0 ? len - 1 : 0;
}

/* The name whose entry is the number-th of the label index, as an interval. */
static bool
name_at(struct range *g, uint64_t number, struct reader *r, struct err *e)
{
	*g = (struct range){.index = INDEX_LABEL, .lo = number, .fixed = 1};
	if (!reader_key(r, INDEX_LABEL, number, &g->low, e))
		return false;
	g->low.len = range_prefix(INDEX_LABEL, buf_str(&g->low), 1);
	buf_add_str(&g->high, buf_str(&g->low));
	range_end(&g->high, 1);
	return reader_number(r, INDEX_LABEL, buf_str(&g->high), &g->hi, e);
}

/* The names in g, each as an interval; more than PLAN_NAMES_MAX: g as it is. */
static bool
make_names(struct node *out, struct range *g, struct reader *r, struct err *e)
{
	struct node names = {.kind = NODE_OR};

	names.children = mem_new(PLAN_NAMES_MAX, sizeof *names.children);
	for (uint64_t number = g->lo; number < g->hi;) {
		struct range name;

		if (names.n == PLAN_NAMES_MAX) {
			plan_free(&names);
			fold_range(out, g, r);
			return true;
		}
		if (!name_at(&name, number, r, e)) {
			range_free(&name);
			plan_free(&names);
			return false;
		}
		number = name.hi;
		fold_range(&names.children[names.n++], &name, r);
	}
	fold_or(&names, r);
	*out = names;
	return true;
}

/* What follows every string that begins with text; "" if nothing does. */
static void
add_end_of_prefix(struct buf *key, struct str text)
{
	while (text.len > 0 && (uint8_t)text.s[text.len - 1] == UINT8_MAX)
		text.len--;
	buf_add_str(key, text);
	if (key->len > 0)
		key->s[key->len - 1]++;
}

static bool
find_prefix(struct range *g, struct str text, struct reader *r, struct err *e)
{
	*g = (struct range){.index = INDEX_LABEL};
	buf_add_str(&g->low, text);
	add_end_of_prefix(&g->high, text);
	return range_resolve(g, r, e);
}

/* Gives p another child, for the caller to fill. */
static struct node *
add_child(struct node *p)
{
	p->children = mem_grow(p->children, p->n + 1, sizeof *p->children);
	p->children[p->n] = (struct node){0};
	return &p->children[p->n++];
}

/* Names that are stored as text begins. */
static bool
add_stored(struct node *p, struct str text, struct reader *r, struct err *e)
{
	struct range g;
	bool ok = find_prefix(&g, text, r, e) && make_names(add_child(p), &g, r, e);

	range_free(&g);
	return ok;
}

/* Appends what follows every key of the name. */
static void
end_name(struct buf *key, struct str name)
{
	buf_add_str(key, name);
	buf_putc(key, '\0');
	range_end(key, 1);
}

/* The ends of a name's interval. */
static void
bound_name(struct range *g, struct str name)
{
	*g = (struct range){.index = INDEX_LABEL};
	buf_add_str(&g->low, name);
	buf_putc(&g->low, '\0');
	end_name(&g->high, name);
}

static bool
add_name(struct node *p, struct str name, struct reader *r, struct err *e)
{
	struct range g;
	bool ok;

	bound_name(&g, name);
	ok = range_resolve(&g, r, e);
	if (ok)
		fold_range(add_child(p), &g, r);
	range_free(&g);
	return ok;
}

/* --- internationalised names --- */

/* A walk through the entries of names whose last typed label is an A-label. */
struct walk {
	struct node found;    /* an OR of intervals */
	struct str beginning; /* of that label, in Unicode */
	size_t label_at;      /* where in a name it begins */
	size_t n_ascii;       /* characters of beginning */
	struct buf name;      /* the last one seen */
	bool matches;         /* it does */
	uint64_t cost;
};

/* Whether the A-label in name begins as wanted.  Its own ASCII letters end at its last hyphen;
 * most labels without enough of them need not be decoded. */
static bool
label_matches(struct walk *w, struct str name)
{
	struct str label = {name.s + w->label_at, name.len - w->label_at};
	const char *dot = memchr(label.s, '.', label.len), *hyphen;
	const size_t mark = sizeof DOMAIN_A_LABEL - 1;

	if (dot != NULL)
		label.len = (size_t)(dot - label.s);
	hyphen = memrchr(label.s, '-', label.len);
	if (hyphen == NULL || (w->n_ascii > 0 && hyphen < label.s + mark + w->n_ascii))
		return false;
	w->cost += PLAN_DECODE_COST;
	return domain_label_begins(label, w->beginning);
}

/* Whether the entry belongs to the last interval.  It does if it has the same name, and with
 * more than PLAN_NAMES_MAX names also if it has the next name. */
static bool
continues(const struct walk *w, uint64_t number, bool same)
{
	return w->found.n > 0 && w->found.children[w->found.n - 1].range.hi == number &&
	    (same || w->found.n >= PLAN_NAMES_MAX);
}

static void
take_match(struct walk *w, struct str name, uint64_t number, bool same)
{
	struct range *g;

	if (!continues(w, number, same)) {
		g = &add_child(&w->found)->range;
		bound_name(g, name);
		g->lo = number;
		g->fixed = 1;
	}
	g = &w->found.children[w->found.n - 1].range;
	if (!str_equal(name, (struct str){g->high.s, name_len(buf_str(&g->high))})) {
		buf_clear(&g->high);
		end_name(&g->high, name);
		g->fixed = 0;
	}
	g->hi = number + 1;
}

static void
take_entry(struct walk *w, struct str name, uint64_t number)
{
	const bool same = w->name.len > 0 && str_equal(name, buf_str(&w->name));

	w->cost += PLAN_ENTRY_COST;
	if (!same) {
		buf_clear(&w->name);
		buf_add_str(&w->name, name);
		w->matches = label_matches(w, name);
	}
	if (w->matches)
		take_match(w, name, number, same);
}

static bool
walk_range(struct walk *w, const struct range *g, struct reader *r, struct err *e)
{
	struct entries x = {0};
	bool ok = false;

	for (uint64_t number = g->lo; number < g->hi; number += x.n) {
		uint64_t left = g->hi - number;

		if (!plan_check_cost(w->cost, r, e) ||
		    !reader_entries(r, INDEX_LABEL, number,
			left < RANGE_CHUNK ? (size_t)left : RANGE_CHUNK, true, &x, e))
			goto out;
		for (size_t i = 0; i < x.n; i++) {
			struct str key = entries_key(&x, i);

			take_entry(w, (struct str){key.s, name_len(key)}, number + i);
		}
	}
	ok = true;
out:
	entries_free(&x);
	return ok;
}

/* The intervals that the walk found become nodes of p. */
static void
add_found(struct node *p, struct walk *w, struct reader *r)
{
	for (size_t i = 0; i < w->found.n; i++) {
		struct range g = w->found.children[i].range;

		fold_range(&w->found.children[i], &g, r);
	}
	fold_or(&w->found, r);
	*add_child(p) = w->found;
	w->found = (struct node){0};
}

/* head: whole labels and their dots; beginning: of the label behind them. */
static bool
add_international(
    struct node *p, struct str head, struct str beginning, struct reader *r, struct err *e)
{
	struct walk w = {
	    .found = {.kind = NODE_OR}, .beginning = beginning, .label_at = head.len};
	struct buf prefix = {0};
	struct range g = {0};
	bool ok = false;

	buf_add_str(&prefix, head);
	buf_puts(&prefix, DOMAIN_A_LABEL);
	for (size_t i = 0; i < beginning.len; i++)
		if ((unsigned char)beginning.s[i] < 0x80) {
			buf_putc(&prefix, beginning.s[i]);
			w.n_ascii++;
		}
	if (!find_prefix(&g, buf_str(&prefix), r, e) || !walk_range(&w, &g, r, e))
		goto out;
	add_found(p, &w, r);
	ok = true;
out:
	plan_free(&w.found);
	buf_free(&w.name);
	range_free(&g);
	buf_free(&prefix);
	return ok;
}

/* --- both --- */

bool
plan_text(struct node *out, struct str text, struct reader *r, struct err *e)
{
	const char *dot = text.len == 0 ? NULL : memrchr(text.s, '.', text.len);
	size_t at = dot == NULL ? 0 : (size_t)(dot + 1 - text.s);
	const struct str head = {text.s, at}, last = {text.s + at, text.len - at};
	struct node p = {.kind = NODE_OR};

	if (text.len == 0) {
		*out = (struct node){.kind = NODE_EVERYTHING};
		fold_weigh(out, r->records);
		return true;
	}
	/* "example.com." is a whole name, with the dot of the root, or the beginning of one. */
	if (!add_stored(&p, text, r, e) ||
	    !(last.len == 0 ? add_name(&p, (struct str){text.s, text.len - 1}, r, e)
			    : add_international(&p, head, last, r, e))) {
		plan_free(&p);
		return false;
	}
	fold_or(&p, r);
	*out = p;
	return true;
}
