/* storage/wire/client_chores.c -- chores, asked of the store. */
#include "storage/wire/asking.h"

bool
store_chore_begin(struct store *s, enum store_chore_kind kind, const char *path,
    uint64_t *number, struct err *e)
{
	struct buf *b = asking_begin(s, OPERATION_CHORE_BEGIN);
	struct unpack u;
	bool ok;

	pack_u8(b, (uint8_t)kind);
	pack_str(b, str_of(path));
	ok = asking_told(s, &u, e);
	if (ok) {
		*number = unpack_u64(&u);
		ok = unpack_done(&u);
	}
	return asking_end(s, ok, e);
}

bool
store_chore_show(
    struct store *s, enum store_chore_kind kind, struct store_chore *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_chore){0};
	pack_u8(asking_begin(s, OPERATION_CHORE_SHOW), (uint8_t)kind);
	return asking_end(s, asking_told(s, &u, e) && unpack_chore(&u, out), e);
}
