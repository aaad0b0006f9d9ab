/* storage/wire/client_status.c -- how the store is, asked of it. */
#include "storage/wire/asking.h"

bool
store_status(struct store *s, struct store_status *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_status){0};
	asking_begin(s, OPERATION_STATUS);
	return asking_end(s, asking_told(s, &u, e) && unpack_status(&u, out), e);
}
