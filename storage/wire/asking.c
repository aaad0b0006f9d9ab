/* storage/wire/asking.c -- one connection to the store: asks, and asks again while there is
 * time. */
#include "storage/wire/asking.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"

#define BACKOFF_FIRST_MS 10
#define BACKOFF_MAX_MS 200
/* Who has just waited in vain for the store does not wait so long again: a request of many
 * calls would hold its worker for as many times timeout_ms. */
#define AWAY_MS 2000
#define AWAY_TIMEOUT_MS 500
#define ANSWER_SHARE 4 /* of the time there is, one in so many parts is for the answer */
#define KEEP_BUFFER_BYTES (1u << 20) /* memory falls back after something large */

struct store {
	char *path;
	unsigned timeout_ms;
	int fd;
	int64_t deadline_us;   /* of the present request */
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

static int64_t
deadline(const struct store *s)
{
	int64_t now_us = clock_monotonic_us();
	unsigned timeout_ms = s->timeout_ms;

	if (now_us < s->away_until_us && timeout_ms > AWAY_TIMEOUT_MS)
		timeout_ms = AWAY_TIMEOUT_MS;
	return now_us + timeout_ms * INT64_C(1000);
}

struct buf *
asking_begin(struct store *s, enum operation o)
{
	s->deadline_us = deadline(s);
	frame_begin(&s->request, (uint8_t)o);
	return &s->request;
}

int64_t
asking_begin_by(const struct store *s)
{
	return s->deadline_us - (s->deadline_us - clock_monotonic_us()) / ANSWER_SHARE;
}

static bool
gave_up(struct store *s, struct err *e)
{
	s->away_until_us = clock_monotonic_us() + AWAY_MS * INT64_C(1000);
	return err_set(e, ERR_SERVER_UNAVAILABLE, "%s", s->last.text);
}

bool
asking_told(struct store *s, struct unpack *u, struct err *e)
{
	int64_t deadline_us = s->deadline_us;
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

bool
asking_end(struct store *s, bool read, struct err *e)
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
asking_end_secret(struct store *s, bool read, struct err *e)
{
	sodium_memzero(s->request.s, s->request.len);
	sodium_memzero(s->reply.s, s->reply.len);
	return asking_end(s, read, e);
}

bool
asking_was_repeated(const struct store *s)
{
	return s->asked_again;
}

struct buf
asking_take_reply(struct store *s)
{
	struct buf reply = s->reply;

	s->reply = (struct buf){0};
	return reply;
}
