/* jmap/set.h -- a Foo/set (RFC 8620, 5.3) on its way through planning, checking, storing and
 * answering.  Private to jmap/set*.c. */
#ifndef JMAP_SET_H
#define JMAP_SET_H

#include "jmap/call.h"
#include "model/record.h"
#include "storage/store.h"

enum item_state {
	ITEM_WAITING, /* to be asked of the store */
	ITEM_DONE,
	ITEM_REFUSED,
};

/* One record to create, update or destroy.  Its place in set.items is its tag in the store's
 * request, so the same request has the same tags when it is sent again. */
struct item {
	enum store_op_kind kind;
	enum item_state state;
	struct str key;     /* the creation id, or the id as it was sent */
	struct item *maker; /* UPDATE, DESTROY: the CREATE of this set that makes its record */
	uint64_t id;        /* UPDATE, DESTROY without maker; CREATE: once it is done */
	struct record record; /* CREATE, UPDATE: what to store */
	uint64_t if_change;   /* UPDATE without maker: what record was made from */
	enum err_code why;    /* REFUSED */
	struct buf answer; /* REFUSED: the SetError.  DONE: members of the object in created, or
			      the value in updated */
};

struct set {
	struct call *call;
	json_t *create, *update, *destroy; /* the arguments; NULL where absent */
	struct item *items; /* creates, updates, destroys: the order in which they are done */
	size_t n, n_create, n_update;
	bool if_in_state;
	struct state state;         /* ifInState */
	size_t bytes, answer_bytes; /* of the records to store and of the items' answers, and
				       of the answers alone */
	bool knows_old;             /* old_state is that right before our own changes */
	struct state old_state, new_state;
};

/* set_plan.c: the items, each with its record found and permission checked.  set_free() *s,
 * also after an error. */
bool set_plan(struct set *s, struct call *c, struct err *e);
void set_free(struct set *s);

/* set_record.c: what is to be stored.  False for what ends the whole call; a fault in one
 * record refuses its item. */
bool set_make_creates(struct set *s, struct err *e);
/* Those that wait, from the records as they are now. */
bool set_make_updates(struct set *s, struct err *e);

/* set_store.c: asks the store until no item waits. */
bool set_store(struct set *s, struct err *e);

/* set_answer.c */
void set_refuse(struct item *i, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void set_refuse_problems(struct item *i, const struct problems *p);
void set_write_answer(struct set *s);
void set_count(const struct set *s); /* for the metrics */

#endif
