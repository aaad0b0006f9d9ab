/* storage/wire/frame.c -- whole frames over a socket, and what requests and replies both hold.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "storage/wire/protocol.h"

#define READ_BYTES 65536 /* most frames come in one read */

void
frame_begin(struct buf *b, uint8_t code)
{
	buf_clear(b);
	pack_u32(b, 0);
	pack_u8(b, PROTOCOL_VERSION);
	pack_u8(b, code);
}

void
frame_end(struct buf *b, size_t tail)
{
	put_be32((uint8_t *)b->s, (uint32_t)(b->len + tail - FRAME_LENGTH_LEN));
}

static bool
wait_for(int fd, short events, int64_t deadline_us)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n, timeout_ms = -1;

	do {
		if (deadline_us != FRAME_NO_DEADLINE) {
			int64_t left_ms = (deadline_us - clock_monotonic_us() + 999) / 1000;

			if (left_ms <= 0)
				return false;
			timeout_ms = left_ms > INT_MAX ? INT_MAX : (int)left_ms;
		}
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

bool
frame_wait(int fd, int64_t deadline_us)
{
	return wait_for(fd, POLLIN, deadline_us);
}

/* The length of the frame that b begins with, its own four bytes counted, as far as b tells; 0:
 * not acceptable. */
static size_t
frame_need(const struct buf *b)
{
	size_t length;

	if (b->len < FRAME_LENGTH_LEN)
		return FRAME_HEAD_LEN;
	length = get_be32((const uint8_t *)b->s);
	if (length < FRAME_HEAD_LEN - FRAME_LENGTH_LEN || length > STORE_FRAME_MAX)
		return 0;
	return FRAME_LENGTH_LEN + length;
}

bool
frame_read(int fd, struct buf *b, int64_t deadline_us)
{
	size_t need = FRAME_HEAD_LEN;

	buf_clear(b);
	while (b->len < need) {
		ssize_t n;

		buf_reserve(b, READ_BYTES);
		n = recv(fd, b->s + b->len, b->cap - b->len, MSG_DONTWAIT);
		if (n == 0)
			return false;
		if (n > 0)
			b->len += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!wait_for(fd, POLLIN, deadline_us))
				return false;
		} else if (errno != EINTR)
			return false;
		need = frame_need(b);
		if (need == 0 || clock_monotonic_us() > deadline_us)
			return false;
	}
	return b->len == need;
}

bool
frame_write(int fd, struct str head, struct str tail, int64_t deadline_us)
{
	struct str parts[2] = {head, tail};
	size_t at = 0;

	while (at < 2) {
		struct iovec v[2];
		struct msghdr m = {.msg_iov = v, .msg_iovlen = 2 - at};
		ssize_t n;

		for (size_t i = at; i < 2; i++)
			v[i - at] = (struct iovec){(void *)(uintptr_t)parts[i].s, parts[i].len};
		n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR &&
		    (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline_us)))
			return false;
		if (clock_monotonic_us() > deadline_us)
			return false;
		for (size_t left = n < 0 ? 0 : (size_t)n; at < 2; at++) {
			size_t taken = left < parts[at].len ? left : parts[at].len;

			parts[at].s += taken;
			parts[at].len -= taken;
			left -= taken;
			if (parts[at].len > 0)
				break;
		}
	}
	return true;
}

bool
frame_open(const struct buf *b, uint8_t *code, struct unpack *u)
{
	*u = unpack_of(buf_str(b));
	unpack_u32(u);
	if (unpack_u8(u) != PROTOCOL_VERSION)
		return false;
	*code = unpack_u8(u);
	return !u->bad;
}

void
pack_state(struct buf *b, struct state s)
{
	pack_u32(b, s.epoch);
	pack_u64(b, s.change);
}

struct state
unpack_state(struct unpack *u)
{
	uint32_t epoch = unpack_u32(u);

	return (struct state){epoch, unpack_u64(u)};
}

void
pack_type(struct buf *b, const struct type *t)
{
	pack_u8(b, (uint8_t)t->number);
}

const struct type *
unpack_type(struct unpack *u)
{
	const struct type *t = model_type_numbered(unpack_u8(u));

	if (t == NULL)
		u->bad = true;
	return t;
}

bool
unpack_bool(struct unpack *u)
{
	uint8_t n = unpack_u8(u);

	if (n > 1)
		u->bad = true;
	return n == 1;
}

void
pack_ids(struct buf *b, const uint64_t *ids, size_t n)
{
	uint8_t *at;

	pack_u32(b, (uint32_t)n);
	buf_reserve(b, n * 8);
	at = (uint8_t *)b->s + b->len;
	for (size_t i = 0; i < n; i++)
		put_be64(at + i * 8, ids[i]);
	b->len += n * 8;
}

uint64_t *
unpack_ids(struct unpack *u, size_t *n)
{
	uint64_t *ids;

	*n = unpack_count(u, 8);
	ids = mem_new(*n, sizeof *ids);
	for (size_t i = 0; i < *n; i++)
		ids[i] = unpack_u64(u);
	return ids;
}

void
unpack_bytes(struct unpack *u, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = unpack_u8(u);
}

void
unpack_text(struct unpack *u, char *out, size_t size)
{
	struct str text = unpack_str(u);

	if (text.len > size || (text.len > 0 && memchr(text.s, '\0', text.len) != NULL)) {
		u->bad = true;
		text.len = 0;
	}
	if (text.len > 0)
		memcpy(out, text.s, text.len);
	out[text.len] = '\0';
}

void
pack_token(struct buf *b, const struct store_token *t)
{
	buf_add(b, t->id, sizeof t->id);
	pack_str(b, str_of(t->subject));
	pack_u64(b, t->permissions);
	pack_i64(b, t->created_s);
	pack_i64(b, t->expires_s);
	pack_i64(b, t->last_used_s);
}

void
unpack_token(struct unpack *u, struct store_token *t)
{
	*t = (struct store_token){0};
	unpack_bytes(u, t->id, sizeof t->id);
	unpack_text(u, t->subject, STORE_SUBJECT_MAX);
	t->permissions = unpack_u64(u);
	t->created_s = unpack_i64(u);
	t->expires_s = unpack_i64(u);
	t->last_used_s = unpack_i64(u);
}

void
pack_rotation(struct buf *b, const struct store_rotation *q)
{
	buf_add(b, q->old_id, sizeof q->old_id);
	buf_add(b, q->id, sizeof q->id);
	pack_u8(b, q->keep_expiry);
	pack_i64(b, q->expires_s);
	pack_u8(b, q->keep_old);
	pack_i64(b, q->grace_s);
}

void
unpack_rotation(struct unpack *u, struct store_rotation *q)
{
	*q = (struct store_rotation){0};
	unpack_bytes(u, q->old_id, sizeof q->old_id);
	unpack_bytes(u, q->id, sizeof q->id);
	q->keep_expiry = unpack_bool(u);
	q->expires_s = unpack_i64(u);
	q->keep_old = unpack_bool(u);
	q->grace_s = unpack_i64(u);
	if (q->expires_s < 0 || q->grace_s < 0 || q->grace_s > STORE_GRACE_MAX_S)
		u->bad = true;
}

void
pack_user(struct buf *b, const struct store_user *user)
{
	pack_str(b, str_of(user->name));
	pack_str(b, str_of(user->password));
	pack_u64(b, user->permissions);
	pack_u64(b, user->stamp);
	pack_i64(b, user->created_s);
	pack_i64(b, user->changed_s);
}

void
unpack_user(struct unpack *u, struct store_user *user)
{
	*user = (struct store_user){0};
	unpack_text(u, user->name, STORE_SUBJECT_MAX);
	unpack_text(u, user->password, STORE_PASSWORD_MAX);
	user->permissions = unpack_u64(u);
	user->stamp = unpack_u64(u);
	user->created_s = unpack_i64(u);
	user->changed_s = unpack_i64(u);
}
