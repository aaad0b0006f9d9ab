/* jmap/call.h -- one method call of a Request, and what the verbs share.  Private to jmap/. */
#ifndef JMAP_CALL_H
#define JMAP_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"
#include "base/err.h"
#include "base/str.h"
#include "jmap/arguments.h"
#include "jmap/jmap.h"
#include "jmap/reference.h"
#include "model/type.h"

#define RUN_HASH_LEN 32

/* A Request while it runs: what its calls hand on to each other. */
struct run {
	struct jmap *jmap;
	const struct jmap_request *request;
	const json_t *using;    /* capabilities, as in the Request */
	json_t *created_ids;    /* creation id -> id: of the Request, and of every /set since */
	struct budget budget;   /* of work and CPU time, for all the calls */
	struct answers answers; /* to the calls before this one */
	struct buf *out;        /* the Response, so far */
	uint8_t body_hash[RUN_HASH_LEN]; /* of the Request's bytes */
	/* Calls that failed because the store does not answer, and calls that failed because of
	 * a reference. */
	size_t unavailable, unresolved;
	bool abandoned;         /* the client has gone */
	struct err store_error; /* of the first such call */
};

struct call {
	struct run *run;
	const struct type *type; /* NULL for Core/ */
	const struct verb *verb; /* NULL until the method is known to exist */
	struct str method;       /* as it was called, "x:DmarcInternalReport/get" */
	size_t index;            /* its place in methodCalls */
	json_t *args; /* references resolved, checked against the verb's table, without nulls;
			 the verb may take parts away */
};

struct verb {
	const char *name;            /* behind the slash, "get"; NULL ends a table */
	const struct argument *args; /* NULL: any at all */
	enum action needs;           /* permission for the call; ACTION__COUNT: none */
	/* Appends the answer's arguments, one object, to run->out.  On false, what it appended
	 * is dropped. */
	bool (*run)(struct call *c, struct err *e);
};

/* What a method's name stands for. */
struct method {
	const struct verb *verb;
	const struct type *type; /* NULL for Core/ */
	const char *capability;  /* that `using` must name */
};

bool method_named(struct str name, struct method *m);

bool core_echo(struct call *c, struct err *e);          /* RFC 8620, 4 */
bool jmap_get(struct call *c, struct err *e);           /* 5.1 */
bool jmap_changes(struct call *c, struct err *e);       /* 5.2 */
bool jmap_set(struct call *c, struct err *e);           /* 5.3 */
bool jmap_query(struct call *c, struct err *e);         /* 5.5 */
bool jmap_query_changes(struct call *c, struct err *e); /* 5.6 */

/* Does one call and appends its answer, [name, arguments, tag], to run->out.  Takes args.
 * False if the answer is "error". */
bool call_do(struct run *r, size_t index, struct str method, json_t *args, struct str tag);

/* For the verbs. */

/* Charges the Request's budget.  False with ERR_REQUEST_TOO_LARGE if it is spent. */
bool call_charge(struct call *c, uint64_t units, struct err *e);
bool call_charge_tree(struct call *c, const json_t *v, unsigned price, struct err *e);

/* An argument; {0} if it is absent. */
struct str call_string(const struct call *c, const char *name);
uint64_t call_uint(const struct call *c, const char *name, uint64_t absent);
/* The number of a record: of an id, or of "#" and a creation id of this Request.  False for
 * anything else. */
bool call_id(const struct call *c, struct str text, uint64_t *id);
/* Begins an answer with {"accountId":...; the verb ends it with }. */
void call_open(struct call *c);

#endif
