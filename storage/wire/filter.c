/* storage/wire/filter.c -- a filter tree as bytes, and its end. */
#include "storage/filter.h"

#include <stdlib.h>
#include <string.h>

#include "storage/wire/protocol.h"

#define CHILD_BYTES_MIN 5 /* kind (u8), n (u32): an operator without children */

void
filter_free(struct filter *f)
{
	for (size_t i = 0; i < f->n; i++)
		filter_free(&f->children[i]);
	free(f->children);
	free(f->text);
	*f = (struct filter){0};
}

void
pack_filter(struct buf *b, const struct filter *f)
{
	pack_u8(b, (uint8_t)f->kind);
	if (f->kind == FILTER_KEY) {
		pack_u8(b, (uint8_t)f->key);
		pack_u8(b, (uint8_t)f->relation);
		pack_i64(b, f->number);
		pack_str(b, str_of(f->text));
		return;
	}
	pack_u32(b, (uint32_t)f->n);
	for (size_t i = 0; i < f->n; i++)
		pack_filter(b, &f->children[i]);
}

/* Which relations make sense on which key. */
static bool
condition_is_known(enum key key, unsigned relation)
{
	switch (key) {
	case KEY_CREATED_AT:
	case KEY_DELIVER_AT:
	case KEY_POLICY:
		return relation >= REL_EQUAL && relation <= REL_GREATER_EQUAL;
	case KEY_DOMAIN:
		return relation == REL_TEXT;
	default:
		return false;
	}
}

static bool
unpack_condition(struct unpack *u, struct filter *f)
{
	unsigned relation;
	struct str text;

	f->key = (enum key)unpack_u8(u);
	relation = unpack_u8(u);
	f->relation = (enum relation)relation;
	f->number = unpack_i64(u);
	text = unpack_str(u);
	if (u->bad || !condition_is_known(f->key, relation) ||
	    (f->key != KEY_DOMAIN && text.len > 0) || memchr(text.s, '\0', text.len) != NULL)
		return false;
	f->text = f->key == KEY_DOMAIN ? str_dup(text) : NULL;
	return true;
}

static bool
unpack_node(struct unpack *u, struct filter *f, unsigned depth, unsigned *nodes)
{
	unsigned kind = unpack_u8(u);
	uint32_t n;

	if (depth > FILTER_MAX_DEPTH || ++*nodes > FILTER_MAX_NODES)
		return false;
	f->kind = (enum filter_kind)kind;
	if (kind == FILTER_KEY)
		return unpack_condition(u, f);
	n = unpack_count(u, CHILD_BYTES_MIN);
	if (u->bad || kind < FILTER_AND || kind > FILTER_KEY || n > FILTER_MAX_NODES)
		return false;
	f->children = mem_new(n, sizeof *f->children);
	for (; f->n < n; f->n++)
		if (!unpack_node(u, &f->children[f->n], depth + 1, nodes)) {
			f->n++; /* for filter_free(): half a child is one too */
			return false;
		}
	return true;
}

bool
unpack_filter(struct unpack *u, struct filter *f)
{
	unsigned nodes = 0;

	*f = (struct filter){0};
	if (unpack_node(u, f, 1, &nodes))
		return true;
	filter_free(f);
	return false;
}
