/* storage/client.c -- storage/store.h over the store's socket: asks, and asks again while there
 * is time. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "storage/protocol.h"
#include <sodium.h>

#define BACKOFF_FIRST_MS 10
#define BACKOFF_MAX_MS 200
/* Who has just waited in vain for the store does not wait so long again: a request of many
 * calls would hold its worker for as many times timeout_ms. */
#define AWAY_MS 2000
#define AWAY_TIMEOUT_MS 500
#define KEEP_BUFFER_BYTES (1u << 20) /* memory falls back after something large */

struct store {
	char *path;
	unsigned timeout_ms;
	int fd;
	int64_t away_until_us; /* the last call waited in vain, so be brief until then */
	bool asked_again; /* the present request was sent more than once, so it may have been
			     done before */
	struct buf request, reply;
	struct err last; /* why the last attempt failed */
};

void
store_open(struct store **s, const char *socket_path, unsigned timeout_ms)
{
	*s = mem_new(1, sizeof **s);
	(*s)->path = str_dup(str_of(socket_path));
	(*s)->timeout_ms = timeout_ms;
	(*s)->fd = -1;
}

void
store_close(struct store **s)
{
	if (*s == NULL)
		return;
	io_close(&(*s)->fd);
	buf_free(&(*s)->request);
	buf_free(&(*s)->reply);
	free((*s)->path);
	free(*s);
	*s = NULL;
}

/* One attempt: the whole request out, a whole reply back. */
static bool
exchange(struct store *s, int64_t deadline_us)
{
	if (s->fd < 0) {
		int64_t left_us = deadline_us - clock_monotonic_us();

		s->last = (struct err){0};
		s->fd = io_connect_unix(
		    s->path, left_us < 1000 ? 1 : (unsigned)(left_us / 1000), &s->last);
		if (s->fd < 0)
			return false;
	}
	if (frame_write(s->fd, buf_str(&s->request), (struct str){"", 0}, deadline_us) &&
	    frame_read(s->fd, &s->reply, deadline_us))
		return true;
	io_close(&s->fd);
	s->last = (struct err){0};
	return err_set(&s->last, ERR_SERVER_UNAVAILABLE, "the store does not answer");
}

static void
pause_ms(unsigned ms, int64_t deadline_us)
{
	int64_t left_us = deadline_us - clock_monotonic_us();
	int64_t us = ms * INT64_C(1000) < left_us ? ms * INT64_C(1000) : left_us;
	struct timespec t = {.tv_nsec = us > 0 ? us * 1000 : 0};

	nanosleep(&t, NULL);
}

/* Starts a request; its payload is to be packed behind. */
static struct buf *
ask(struct store *s, enum operation o)
{
	frame_begin(&s->request, (uint8_t)o);
	return &s->request;
}

static int64_t
deadline(const struct store *s)
{
	int64_t now_us = clock_monotonic_us();
	unsigned timeout_ms = s->timeout_ms;

	if (now_us < s->away_until_us && timeout_ms > AWAY_TIMEOUT_MS)
		timeout_ms = AWAY_TIMEOUT_MS;
	return now_us + timeout_ms * INT64_C(1000);
}

static bool
gave_up(struct store *s, struct err *e)
{
	s->away_until_us = clock_monotonic_us() + AWAY_MS * INT64_C(1000);
	return err_set(e, ERR_SERVER_UNAVAILABLE, "%s", s->last.text);
}

/* Sends the request until there is a reply or no more time.  *u is then what the operation
 * gives. */
static bool
told(struct store *s, struct unpack *u, struct err *e)
{
	int64_t deadline_us = deadline(s);
	/* A connection may have ended while nobody used it: its loss is no reason to wait. */
	unsigned backoff_ms = s->fd >= 0 ? 0 : BACKOFF_FIRST_MS;
	uint8_t code;

	if (s->request.len - FRAME_LENGTH_LEN > STORE_FRAME_MAX)
		return err_set(e, ERR_REQUEST_TOO_LARGE, "the request is larger than %u bytes",
		    STORE_FRAME_MAX);
	frame_end(&s->request, 0);
	s->asked_again = false;
	while (!exchange(s, deadline_us)) {
		pause_ms(backoff_ms, deadline_us);
		if (clock_monotonic_us() >= deadline_us)
			return gave_up(s, e);
		backoff_ms = backoff_ms == 0 ? BACKOFF_FIRST_MS : 2 * backoff_ms;
		if (backoff_ms > BACKOFF_MAX_MS)
			backoff_ms = BACKOFF_MAX_MS;
		s->asked_again = true;
	}
	if (frame_open(&s->reply, &code, u) && (code == ERR_NONE || unpack_error(u, code, e)))
		return code == ERR_NONE;
	io_close(&s->fd);
	return err_set(e, ERR_SERVER_FAIL, "the store's answer cannot be read");
}

/* After the reply has been read.  A reply that could not be is a store that is not ours. */
static bool
finish(struct store *s, bool read, struct err *e)
{
	if (s->request.cap > KEEP_BUFFER_BYTES)
		buf_free(&s->request);
	if (s->reply.cap > KEEP_BUFFER_BYTES)
		buf_free(&s->reply);
	if (read || e->code != ERR_NONE)
		return read;
	io_close(&s->fd);
	return err_set(e, ERR_SERVER_FAIL, "the store's answer cannot be read");
}

bool
store_get(struct store *s, const struct store_get *q, struct store_rows *out, struct err *e)
{
	struct unpack u;
	bool ok;

	*out = (struct store_rows){0};
	pack_get(ask(s, OPERATION_GET), q);
	ok = told(s, &u, e) && unpack_rows(&u, out);
	if (ok) { /* the bodies borrow from it */
		out->frame = s->reply;
		s->reply = (struct buf){0};
	}
	return finish(s, ok, e);
}

bool
store_set(struct store *s, const struct store_set *q, struct store_results *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_results){0};
	pack_set(ask(s, OPERATION_SET), q);
	return finish(s, told(s, &u, e) && unpack_results(&u, out), e);
}

bool
store_query(struct store *s, const struct store_query *q, struct store_ids *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_ids){0};
	pack_query(ask(s, OPERATION_QUERY), q);
	return finish(s, told(s, &u, e) && unpack_query_ids(&u, out), e);
}

bool
store_changes(
    struct store *s, const struct store_changes *q, struct store_changed *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_changed){0};
	pack_changes(ask(s, OPERATION_CHANGES), q);
	return finish(s, told(s, &u, e) && unpack_changed(&u, out), e);
}

bool
store_query_changes(struct store *s, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_query_changed){0};
	pack_query_changes(ask(s, OPERATION_QUERY_CHANGES), q);
	return finish(s, told(s, &u, e) && unpack_query_changed(&u, out), e);
}

/* The request holds a secret: it does not stay in memory. */
static bool
finish_secret(struct store *s, bool read, struct err *e)
{
	sodium_memzero(s->request.s, s->request.len);
	return finish(s, read, e);
}

bool
store_token_create(struct store *s, const struct store_token *t,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct err *e)
{
	struct buf *b = ask(s, OPERATION_TOKEN_CREATE);
	struct unpack u;

	pack_token(b, t);
	buf_add(b, secret, STORE_TOKEN_SECRET_LEN);
	return finish_secret(s, told(s, &u, e) && unpack_done(&u), e);
}

bool
store_token_verify(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e)
{
	struct buf *b = ask(s, OPERATION_TOKEN_VERIFY);
	struct unpack u;
	bool ok;

	buf_add(b, id, STORE_TOKEN_ID_LEN);
	buf_add(b, secret, STORE_TOKEN_SECRET_LEN);
	ok = told(s, &u, e);
	if (ok) {
		unpack_token(&u, t);
		ok = unpack_done(&u);
	}
	return finish_secret(s, ok, e);
}

bool
store_token_list(struct store *s, struct store_tokens *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_tokens){0};
	ask(s, OPERATION_TOKEN_LIST);
	return finish(s, told(s, &u, e) && unpack_tokens(&u, out), e);
}

bool
store_token_revoke(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct unpack u;
	bool ok;

	buf_add(ask(s, OPERATION_TOKEN_REVOKE), id, STORE_TOKEN_ID_LEN);
	ok = told(s, &u, e) && unpack_done(&u);
	if (!ok && e->code == ERR_NOT_FOUND && s->asked_again) {
		*e = (struct err){
		    0}; /* gone by the first of our requests, whose answer was lost */
		ok = true;
	}
	return finish(s, ok, e);
}

bool
store_status(struct store *s, struct store_status *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_status){0};
	ask(s, OPERATION_STATUS);
	return finish(s, told(s, &u, e) && unpack_status(&u, out), e);
}
