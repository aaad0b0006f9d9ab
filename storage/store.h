/* storage/store.h -- the client of the store: one connection to the outbox-store process.
 *
 * Every call is one round trip over the store's unix socket (storage/wire/protocol.h).  If the
 * connection breaks, the call connects and sends the request again until timeout_ms have
 * passed; then it fails with ERR_SERVER_UNAVAILABLE.  A /set carries an operation id: the store
 * performs it once, even if it arrives twice.
 *
 * Every function returns true, or false with *e set.  The caller owns the results and frees
 * them with the function named beside them; every struct str in a result borrows from it. */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "base/budget.h"
#include "base/err.h"
#include "base/str.h"
#include "model/keys.h"
#include "model/type.h"
#include "storage/filter.h"

struct store;

/* When the store gives up a read. */
struct store_until {
	/* Monotonic clock; 0: when the caller no longer waits. */
	int64_t deadline_us;
	/* Used inside the store and never sent.  Once it is spent, the read fails with
	 * ERR_SERVER_UNAVAILABLE.  NULL: no limit. */
	struct budget *budget;
};

#define STORE_FRAME_MAX (160u << 20) /* bytes of one request or reply */

/* Does not connect: the first call does. */
void store_open(struct store **s, const char *socket_path, unsigned timeout_ms);
void store_close(struct store **s); /* safe on NULL; leaves NULL */

/* A state of one type: the change number of its last commit.  Restoring a backup starts a new
 * epoch. */
struct state {
	uint32_t epoch;
	uint64_t change;
};

/* --- Foo/get (RFC 8620, 5.1) --- */

struct store_get {
	const struct type *type;
	const uint64_t *ids; /* no duplicates */
	size_t n;
	bool all;  /* every record, in place of ids */
	bool page; /* with .all: only records whose id is greater than .after, as many as fit
		      into max_bytes, but at least one if there is one */
	uint64_t after;
	bool want_bodies;   /* false: .body stays empty; .change still tells what was found */
	size_t max_objects; /* with .all: ERR_REQUEST_TOO_LARGE if there are more records */
	size_t max_bytes;   /* ERR_REQUEST_TOO_LARGE if all bodies together are longer */
	struct store_until until;
};

struct store_row {
	uint64_t id;
	uint64_t change; /* change number of its last write; 0: no such record */
	struct str body; /* canonical JSON text */
};

struct store_rows {
	struct state state; /* the state in which the rows were read */
	size_t n;           /* one row for each requested id, in the same order */
	struct store_row *rows;
	struct buf frame;
};

bool store_get(
    struct store *s, const struct store_get *q, struct store_rows *out, struct err *e);
void store_rows_free(struct store_rows *r);

/* --- Foo/set (5.3): one transaction --- */

/* Database entries, index entries included, that one set may write and remove together.  A set
 * that needs more fails with ERR_REQUEST_TOO_LARGE.  The writer handles this number in a second
 * or two. */
#define STORE_SET_ENTRIES_MAX 100000
/* The number of entries of one record. */
size_t store_entries(struct str domain, size_t n_policies);

enum store_op_kind { STORE_CREATE = 1, STORE_UPDATE = 2, STORE_DESTROY = 3 };

#define STORE_OPID_LEN 16
#define STORE_NOT_CREATED_HERE UINT32_MAX

struct store_op {
	enum store_op_kind kind;
	uint32_t tag; /* chosen by the caller, unique in the set; returned in the result */
	uint64_t id;  /* UPDATE, DESTROY; CREATE: 0, or the id to give to the record */
	uint32_t created_by; /* UPDATE, DESTROY: the tag of the CREATE in this set that makes
				the record, used in place of id; else STORE_NOT_CREATED_HERE */
	uint64_t if_change;  /* UPDATE by id: fails with STORE_CONFLICT if the record's change
				number differs */
	struct str body;     /* CREATE, UPDATE: canonical JSON text */
	const struct keys *keys; /* CREATE, UPDATE */
};

struct store_set {
	const struct type *type;
	uint8_t opid[STORE_OPID_LEN]; /* operation id: equal for a set that is sent again */
	bool if_in_state;
	struct state state; /* if_in_state: ERR_STATE_MISMATCH if the state at commit differs */
	const struct store_op *ops; /* performed in this order */
	size_t n;
	/* Monotonic clock.  After it the store does not begin the set, but still returns the
	 * result of a known operation id.  0: the time for which store_set() waits. */
	int64_t deadline_us;
};

enum store_outcome {
	STORE_DONE = 1,
	STORE_NOT_FOUND = 2,  /* UPDATE, DESTROY: no such record */
	STORE_CONFLICT = 3,   /* UPDATE: the record changed since if_change; read it again */
	STORE_OVER_QUOTA = 4, /* CREATE, UPDATE: the disk is nearly full */
	/* CREATE with an id.  The id must be greater than every id given before. */
	STORE_SAME = 5, /* an equal record has this id already */
	STORE_ID_TAKEN =
	    6, /* the id belongs or belonged to another record, or is not greater */
};

struct store_result {
	uint32_t tag;
	enum store_outcome outcome;
	uint64_t id;     /* DONE */
	uint64_t change; /* DONE: the record's new change number */
};

struct store_results {
	struct state old_state, new_state;
	bool replayed; /* the operation id was known: these are the results of the first time,
			  and the ops were not looked at */
	size_t n;
	struct store_result *results;
	/* If an outcome is OVER_QUOTA: the free space of the disk, and how much of it is
	 * reserved, that is, not available to creates and updates. */
	uint64_t free_bytes, reserve_bytes;
};

/* True once the commit is on disk. */
bool store_set(
    struct store *s, const struct store_set *q, struct store_results *out, struct err *e);
void store_results_free(struct store_results *r);

/* --- Foo/query (5.5) --- */

struct store_query {
	const struct type *type;
	const struct filter *filter; /* NULL: everything */
	struct sort sort[SORT_MAX];
	size_t n_sort;
	bool has_anchor; /* then position is not looked at */
	uint64_t anchor; /* not in the results: ERR_ANCHOR_NOT_FOUND */
	int64_t anchor_offset;
	int64_t position; /* negative: from the end */
	uint64_t limit;
	bool total;
	struct store_until until;
};

struct store_ids {
	struct state state;
	uint64_t position; /* of ids[0] in the results; 0 if there are no results at all */
	bool has_total;
	uint64_t total;
	size_t n;
	uint64_t *ids;
};

bool store_query(
    struct store *s, const struct store_query *q, struct store_ids *out, struct err *e);
void store_ids_free(struct store_ids *r);

/* --- Foo/changes (5.2) --- */

struct store_changes {
	const struct type *type;
	struct state
	    since;    /* unknown, too old or of another epoch: ERR_CANNOT_CALCULATE_CHANGES */
	uint64_t max; /* ids at most, from 1 */
	struct store_until until;
};

struct store_changed {
	struct state old_state, new_state;
	bool more;
	uint64_t *created, *updated,
	    *destroyed; /* each id in one of the three, oldest change first */
	size_t n_created, n_updated, n_destroyed;
};

bool store_changes(
    struct store *s, const struct store_changes *q, struct store_changed *out, struct err *e);
void store_changed_free(struct store_changed *r);

/* --- Foo/queryChanges (5.6) --- */

struct store_query_changes {
	struct store_query query; /* filter and sort of it; total: wanted */
	struct state since;       /* as in store_changes */
	uint64_t max;             /* more removed and added together: ERR_TOO_MANY_CHANGES */
	bool has_up_to;
	uint64_t up_to_id; /* heeded where filter and sort are on the id alone, as nothing else
			      is immutable */
};

struct store_added {
	uint64_t id, index;
};

struct store_query_changed {
	struct state old_state, new_state;
	bool has_total;
	uint64_t total;
	size_t n_removed, n_added;
	uint64_t *removed;
	struct store_added *added; /* lowest index first */
};

bool store_query_changes(struct store *s, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e);
void store_query_changed_free(struct store_query_changed *r);

/* --- bearer tokens; auth/ gives them their meaning --- */

#define STORE_TOKEN_ID_LEN 10     /* bytes */
#define STORE_TOKEN_SECRET_LEN 32 /* bytes */
#define STORE_SUBJECT_MAX 200     /* bytes */

struct store_token {
	uint8_t id[STORE_TOKEN_ID_LEN];
	char subject[STORE_SUBJECT_MAX + 1];
	uint64_t permissions;         /* auth/permission.h */
	int64_t created_s, expires_s; /* seconds since 1970; expires_s 0: never */
	/* When the store was last asked about it; 0: never, as far as is known.  Workers
	 * remember a token for AUTH_CACHE_S, and a store that is killed forgets the last
	 * TOKEN_USES_WRITE_S (storage/login/uses.h). */
	int64_t last_used_s;
};

struct store_tokens {
	size_t n;
	struct store_token *list; /* oldest first */
};

/* The store keeps a keyed hash of the secret.  An id that exists is ERR_SERVER_FAIL. */
bool store_token_create(struct store *s, const struct store_token *t,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct err *e);
/* Also one that a login gave out (storage/login.h).  Unknown id or another secret:
 * ERR_UNAUTHORIZED.  Expiry is the caller's to check. */
bool store_token_verify(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e);
bool store_token_list(struct store *s, struct store_tokens *out, struct err *e);
void store_tokens_free(struct store_tokens *r);
bool store_token_revoke(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN],
    struct err *e); /* ERR_NOT_FOUND */
/* Revokes all tokens of a subject, and gives them; ERR_NOT_FOUND if there is none.  Where the
 * answer to a first request was lost, *out may be empty. */
bool store_token_revoke_of(
    struct store *s, struct str subject, struct store_tokens *out, struct err *e);

#define STORE_GRACE_MAX_S INT64_C(31536000) /* a year */

/* A new token in the place of an old one, with its subject and permissions.  Twice the same
 * rotation does it once, so the caller can first make the new one (keep_old), hand it over, and
 * then end the old one. */
struct store_rotation {
	uint8_t old_id[STORE_TOKEN_ID_LEN], id[STORE_TOKEN_ID_LEN]; /* id: of the new one */
	bool keep_expiry;  /* the old one's, which must not be past; otherwise: */
	int64_t expires_s; /* as in struct store_token */
	bool keep_old;     /* leave the old one as it is; otherwise: */
	int64_t grace_s;   /* it ends so much later, if not sooner; 0: it is revoked */
};
/* *made is the new one.  ERR_NOT_FOUND: neither is there.  ERR_INVALID_ARGUMENTS: the old one
 * has expired. */
bool store_token_rotate(struct store *s, const struct store_rotation *q,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *made,
    struct err *e);

/* --- chores: what the store does beside its requests, one at a time, when somebody asks for it
 * or its time has come --- */

enum store_chore_kind {
	STORE_BACKUP = 1,
	STORE_COMPACT = 2,
	STORE_VERIFY = 3,
	STORE_CHORE__COUNT
};
#define STORE_CHORE_STEP_MAX 160 /* bytes */

struct store_chore {
	uint64_t
	    number; /* of this chore; another for each, also after the store was restarted */
	enum store_chore_kind kind;
	bool running;
	uint64_t done, total;                /* bytes; total 0: not known */
	char step[STORE_CHORE_STEP_MAX + 1]; /* what it is at, or what came of it */
	struct err why;                      /* not running: what it failed of */
};

/* True once it is under way; the chore of that kind and path that already is is as good.
 * ERR_SERVER_UNAVAILABLE while another is, too. */
bool store_chore_begin(struct store *s, enum store_chore_kind kind, const char *path,
    uint64_t *number, struct err *e);
/* The last of that kind, which may be under way; ERR_NOT_FOUND if there was none since the
 * store's start. */
bool store_chore_show(
    struct store *s, enum store_chore_kind kind, struct store_chore *out, struct err *e);

/* --- health --- */

#define STORE_WARNING_MAX 500 /* bytes */

struct store_status {
	uint32_t epoch;
	char warning[STORE_WARNING_MAX + 1]; /* what somebody should see to; "" if nothing */
	struct {
		const struct type *type;
		uint64_t records;
		uint64_t change; /* of the last commit */
		uint64_t oldest; /* states from this one on are known to /changes */
	} types[MODEL_TYPES_MAX];
	size_t n_types;
};

bool store_status(struct store *s, struct store_status *out, struct err *e);

#endif
