/* storage/wire/protocol.h -- what workers and outbox-store say to each other over the unix
 * socket.
 *
 * Private to storage/.  A connection carries one request at a time; its reply comes before the
 * next request.  Numbers are big-endian (base/pack.h); "str" is a u32 length and that many
 * bytes; "bool" is a u8 of 0 or 1; "i64" has its sign bit flipped; "state" is epoch (u32),
 * change (u64); "type" is the type's number (u8); "[x]" is a u32 count and that many x; "ids"
 * is [u64].
 *
 *   request          length (u32, of what follows), version (u8), operation (u8),
 *                    what the operation takes
 *   reply            length (u32, of what follows), version (u8), enum err_code (u8),
 *                    0: what the operation gives; otherwise: path (str), text (str)
 *
 *   GET     takes    type, all (bool), page (bool), after (u64), want_bodies (bool),
 *                    max_objects (u64), max_bytes (u64), deadline (i64), ids
 *           gives    state, [id (u64), change (u64), length (u32)], then the bodies, one behind
 *                    the other
 *   SET     takes    type, opid (16 bytes), if_in_state (bool), state, deadline (i64),
 *                    [kind (u8), tag (u32), id (u64), created_by (u32), if_change (u64), and
 *                    for CREATE and UPDATE: created_at (i64), deliver_at (i64), domain (str),
 *                    policies (ids, strictly ascending), body (str)]
 *           gives    replayed (bool), old state, new state,
 *                    [tag (u32), outcome (u8), id (u64), change (u64)], and if an outcome is
 *                    OVER_QUOTA: free_bytes (u64), reserve_bytes (u64)
 *   QUERY   takes    type, has_filter (bool), filter if there is one,
 *                    [key (u8), ascending (bool)], has_anchor (bool), anchor (u64),
 *                    anchor_offset (i64), position (i64), limit (u64), total (bool),
 *                    deadline (i64)
 *           gives    state, position (u64), has_total (bool), total (u64), ids
 *   CHANGES takes    type, since (state), max (u64), deadline (i64)
 *           gives    old state, new state, more (bool), created, updated, destroyed (ids)
 *   QUERY_CHANGES
 *           takes    as QUERY, then since (state), max (u64), has_up_to (bool), up_to_id (u64)
 *           gives    old state, new state, has_total (bool), total (u64), removed (ids),
 *                    [id (u64), index (u64)]
 *   TOKEN_CREATE     takes token, secret (32 bytes); gives nothing
 *   TOKEN_VERIFY     takes token id (10 bytes), secret (32 bytes); gives token
 *   TOKEN_LIST       takes nothing; gives [token]
 *   TOKEN_REVOKE     takes token id (10 bytes); gives nothing
 *   TOKEN_REVOKE_OF  takes subject (str); gives [token]
 *   TOKEN_ROTATE     takes old token id, new token id (10 bytes each), keep_expiry (bool),
 *                    expires_s (i64), keep_old (bool), grace_s (i64), secret (32 bytes);
 *                    gives token
 *   STATUS           takes nothing; gives epoch (u32), warning (str),
 *                    [type, records (u64), change (u64), oldest (u64)]
 *   USER_ADD, USER_SET_PASSWORD
 *                    takes user; gives nothing
 *   USER_GET         takes name (str); gives user
 *   USER_LIST        takes nothing; gives [user]
 *   USER_REMOVE      takes name (str); gives nothing
 *   GRANT_BEGIN      takes id (10 bytes), secret (32 bytes), user (str), stamp (u64),
 *                    client (str), redirect (str), address (str), challenge (32 bytes);
 *                    gives nothing
 *   GRANT_TAKE
 *           takes    kind (u8), id (10 bytes), secret (32 bytes), opid (16 bytes),
 *                    client (str), redirect (str), challenge (32 bytes)
 *           gives    user (str), access and refresh secret (32 bytes each), seconds (u32),
 *                    permissions (u64)
 *   LOGIN_LIST       takes nothing; gives [login]
 *   LOGIN_END        takes id (10 bytes); gives nothing
 *   LOGIN_REVOKE     takes id (10 bytes), secret (32 bytes), client (str);
 *                    gives enum store_revoked (u8)
 *   USER_END_LOGINS  takes name (str); gives nothing
 *   ATTEMPT_BEGIN    takes name (str), address (str); gives seconds to wait (u32)
 *   ATTEMPT_SUCCEEDED
 *                    takes name (str), address (str); gives nothing
 *   FORM_KEY         takes nothing; gives key (32 bytes)
 *   METRICS          takes counted (bool); gives
 *                    [family (u32), labels (str, METRIC_LABELS_BYTES), [i64]]
 *   CHORE_BEGIN      takes kind (u8), path (str); gives number (u64)
 *   CHORE_SHOW
 *           takes    kind (u8)
 *           gives    number (u64), kind (u8), running (bool), done (u64), total (u64),
 *                    step (str), why: enum err_code (u8), text (str)
 *
 *   token            id (10 bytes), subject (str), permissions (u64), created_s (i64),
 *                    expires_s (i64), last_used_s (i64)
 *   user             name (str), password (str), permissions (u64), stamp (u64),
 *                    created_s (i64), changed_s (i64)
 *   login            id (10 bytes), user (str), client (str), address (str), begun_s (i64),
 *                    used_s (i64), ends_s (i64)
 *   filter           kind (u8), then for AND, OR, NOT: [filter];
 *                    for KEY: key (u8), relation (u8), number (i64), text (str)
 */
#ifndef STORAGE_WIRE_PROTOCOL_H
#define STORAGE_WIRE_PROTOCOL_H

#include "base/pack.h"
#include "storage/login.h"
#include "storage/store.h"

#define PROTOCOL_VERSION 4

/* Never reuse a number. */
enum operation {
	OPERATION_GET = 1,
	OPERATION_SET = 2,
	OPERATION_QUERY = 3,
	OPERATION_CHANGES = 4,
	OPERATION_QUERY_CHANGES = 5,
	OPERATION_TOKEN_CREATE = 6,
	OPERATION_TOKEN_VERIFY = 7,
	OPERATION_TOKEN_LIST = 8,
	OPERATION_TOKEN_REVOKE = 9,
	OPERATION_STATUS = 10,
	OPERATION_TOKEN_REVOKE_OF = 11,
	OPERATION_TOKEN_ROTATE = 12,
	OPERATION_USER_ADD = 20,
	OPERATION_USER_SET_PASSWORD = 21,
	OPERATION_USER_GET = 22,
	OPERATION_USER_LIST = 23,
	OPERATION_USER_REMOVE = 24,
	OPERATION_GRANT_BEGIN = 25,
	OPERATION_GRANT_TAKE = 26,
	OPERATION_ATTEMPT_BEGIN = 27,
	OPERATION_ATTEMPT_SUCCEEDED = 28,
	OPERATION_FORM_KEY = 29,
	OPERATION_CHORE_BEGIN = 30,
	OPERATION_CHORE_SHOW = 31,
	OPERATION_METRICS = 40,
	OPERATION_LOGIN_LIST = 50,
	OPERATION_LOGIN_END = 51,
	OPERATION_LOGIN_REVOKE = 52,
	OPERATION_USER_END_LOGINS = 53,
	OPERATION__COUNT
};

/* --- frames: frame.c --- */

#define FRAME_LENGTH_LEN 4
#define FRAME_HEAD_LEN 6 /* length, version, operation or code */

/* Starts a frame in an empty buf; frame_end() fills in the length once all is packed.  tail:
 * bytes that follow from elsewhere. */
void frame_begin(struct buf *b, uint8_t code);
void frame_end(struct buf *b, size_t tail);

/* Deadlines are on clock_monotonic_us(); FRAME_NO_DEADLINE waits for ever. */
#define FRAME_NO_DEADLINE INT64_MAX

bool frame_wait(
    int fd, int64_t deadline_us); /* until there is something to read, be it the end */
/* One whole frame with its length, into *b.  False: closed, late, longer than STORE_FRAME_MAX,
 * or more than a frame. Memory grows with what has come, not with what was promised. */
bool frame_read(int fd, struct buf *b, int64_t deadline_us);
bool frame_write(int fd, struct str head, struct str tail, int64_t deadline_us);
/* The version and code of a whole frame and what follows them.  False for another version or a
 * frame too short. */
bool frame_open(const struct buf *b, uint8_t *code, struct unpack *u);

/* --- what both directions hold --- */

void pack_state(struct buf *b, struct state s);
struct state unpack_state(struct unpack *u);
void pack_type(struct buf *b, const struct type *t);
const struct type *unpack_type(
    struct unpack *u);              /* NULL, and bad, if there is none of that number */
bool unpack_bool(struct unpack *u); /* bad unless 0 or 1 */
void pack_ids(struct buf *b, const uint64_t *ids, size_t n);
uint64_t *unpack_ids(struct unpack *u, size_t *n);             /* for free() */
void unpack_bytes(struct unpack *u, uint8_t *out, size_t len); /* zeros if there are fewer */
/* A text into size + 1 bytes; bad if it is longer than size or holds a NUL. */
void unpack_text(struct unpack *u, char *out, size_t size);
void pack_token(struct buf *b, const struct store_token *t);
void unpack_token(struct unpack *u,
    struct store_token *t); /* bad if the subject is too long or holds a NUL */
void pack_rotation(struct buf *b, const struct store_rotation *q);
void unpack_rotation(struct unpack *u, struct store_rotation *q);
void pack_user(struct buf *b, const struct store_user *user);
void unpack_user(struct unpack *u, struct store_user *user);

void pack_filter(struct buf *b, const struct filter *f); /* filter.c */
/* False, with nothing to free, for more than FILTER_MAX_DEPTH or FILTER_MAX_NODES or an unknown
 * condition. */
bool unpack_filter(struct unpack *u, struct filter *f);

/* --- requests: request.c.  Unpacking takes all of u, or answers false with nothing to free ---
 */

#define REQUEST_OPS_MAX 65536 /* of one set */
#define REQUEST_DOMAIN_MAX 255

/* One op of a set as the store reads it.  Everything borrows from the frame. */
struct set_op {
	enum store_op_kind kind;
	uint32_t tag, created_by;
	uint64_t id, if_change;
	int64_t created_at, deliver_at;
	struct str domain, body;
	size_t n_policies;
	const uint8_t *policies; /* big-endian u64, strictly ascending, as in struct row */
};

struct set_tag {
	uint32_t tag, index; /* ops[index] has this tag */
};

struct set_request {
	const struct type *type;
	uint8_t opid[STORE_OPID_LEN];
	bool if_in_state;
	struct state state;
	int64_t deadline_us; /* 0: none */
	size_t n;
	struct set_op *ops;
	struct set_tag *tags; /* ascending */
};

void pack_get(struct buf *b, const struct store_get *q);
bool unpack_get(struct unpack *u, struct store_get *q); /* then free((void *)q->ids) */
void pack_set(struct buf *b, const struct store_set *q);
bool unpack_set(struct unpack *u, struct set_request *q);
void set_request_free(struct set_request *q);
void pack_query(struct buf *b, const struct store_query *q);
bool unpack_query(
    struct unpack *u, struct store_query *q, struct filter *f); /* then filter_free(f) */
void pack_changes(struct buf *b, const struct store_changes *q);
bool unpack_changes(struct unpack *u, struct store_changes *q);
void pack_query_changes(struct buf *b, const struct store_query_changes *q);
bool unpack_query_changes(struct unpack *u, struct store_query_changes *q, struct filter *f);

void pack_grant(struct buf *b, const struct store_grant *g);
bool unpack_grant(struct unpack *u, struct store_grant *g); /* borrows from u, as the next */
void pack_take(struct buf *b, const struct store_take *t);
bool unpack_take(struct unpack *u, struct store_take *t);
void pack_revoke(struct buf *b, const struct store_revoke *r);
bool unpack_revoke(struct unpack *u, struct store_revoke *r); /* borrows from u */

/* --- replies: reply.c.  Unpacking takes all of u, or answers false with nothing to free --- */

void pack_rows(struct buf *b,
    const struct store_rows *r); /* without the bodies: r->frame follows as the tail */
bool unpack_rows(struct unpack *u, struct store_rows *r); /* bodies borrow from what u reads */
void pack_results(struct buf *b, const struct store_results *r);
bool unpack_results(struct unpack *u, struct store_results *r);
void pack_query_ids(struct buf *b, const struct store_ids *r);
bool unpack_query_ids(struct unpack *u, struct store_ids *r);
void pack_changed(struct buf *b, const struct store_changed *r);
bool unpack_changed(struct unpack *u, struct store_changed *r);
void pack_query_changed(struct buf *b, const struct store_query_changed *r);
bool unpack_query_changed(struct unpack *u, struct store_query_changed *r);
void pack_tokens(struct buf *b, const struct store_tokens *r);
bool unpack_tokens(struct unpack *u, struct store_tokens *r);
void pack_users(struct buf *b, const struct store_users *r);
bool unpack_users(struct unpack *u, struct store_users *r);
void pack_logins(struct buf *b, const struct store_logins *r);
bool unpack_logins(struct unpack *u, struct store_logins *r);
void pack_status(struct buf *b, const struct store_status *r);
bool unpack_status(struct unpack *u, struct store_status *r);
void pack_chore(struct buf *b, const struct store_chore *r);
bool unpack_chore(struct unpack *u, struct store_chore *r);
void pack_error(struct buf *b, const struct err *e);
bool unpack_error(
    struct unpack *u, uint8_t code, struct err *e); /* sets *e; false if the code is none */

#endif
