/* storage/wire/client_records.c -- records, asked of the store. */
#include "storage/wire/asking.h"

/* A read ends in the store while there is still time for its answer, the refusal of it
 * included. */
static int64_t
deadline_of(const struct store *s, const struct store_until *wanted)
{
	return wanted->deadline_us != 0 ? wanted->deadline_us : asking_begin_by(s);
}

bool
store_get(struct store *s, const struct store_get *q, struct store_rows *out, struct err *e)
{
	struct store_get asked = *q;
	struct unpack u;
	struct buf *b;
	bool ok;

	*out = (struct store_rows){0};
	b = asking_begin(s, OPERATION_GET);
	asked.until.deadline_us = deadline_of(s, &q->until);
	pack_get(b, &asked);
	ok = asking_told(s, &u, e) && unpack_rows(&u, out);
	if (ok)
		out->frame = asking_take_reply(s); /* the bodies borrow from it */
	return asking_end(s, ok, e);
}

bool
store_set(struct store *s, const struct store_set *q, struct store_results *out, struct err *e)
{
	struct buf *b = asking_begin(s, OPERATION_SET);
	struct store_set asked = *q;
	struct unpack u;

	*out = (struct store_results){0};
	if (asked.deadline_us == 0)
		asked.deadline_us = asking_begin_by(s);
	pack_set(b, &asked);
	return asking_end(s, asking_told(s, &u, e) && unpack_results(&u, out), e);
}

bool
store_query(struct store *s, const struct store_query *q, struct store_ids *out, struct err *e)
{
	struct store_query asked = *q;
	struct unpack u;
	struct buf *b;

	*out = (struct store_ids){0};
	b = asking_begin(s, OPERATION_QUERY);
	asked.until.deadline_us = deadline_of(s, &q->until);
	pack_query(b, &asked);
	return asking_end(s, asking_told(s, &u, e) && unpack_query_ids(&u, out), e);
}

bool
store_changes(
    struct store *s, const struct store_changes *q, struct store_changed *out, struct err *e)
{
	struct store_changes asked = *q;
	struct unpack u;
	struct buf *b;

	*out = (struct store_changed){0};
	b = asking_begin(s, OPERATION_CHANGES);
	asked.until.deadline_us = deadline_of(s, &q->until);
	pack_changes(b, &asked);
	return asking_end(s, asking_told(s, &u, e) && unpack_changed(&u, out), e);
}

bool
store_query_changes(struct store *s, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e)
{
	struct store_query_changes asked = *q;
	struct unpack u;
	struct buf *b;

	*out = (struct store_query_changed){0};
	b = asking_begin(s, OPERATION_QUERY_CHANGES);
	asked.query.until.deadline_us = deadline_of(s, &q->query.until);
	pack_query_changes(b, &asked);
	return asking_end(s, asking_told(s, &u, e) && unpack_query_changed(&u, out), e);
}
