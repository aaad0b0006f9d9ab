/* tests/scene.h -- a web server in front of a mirror, which answers each request with all the
 * parameters that it got; and what tests ask of answers. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "tests/site.h"

#define SCENE_KINDS 2
#define SCENE_READY_WAIT_MS 20000
#define SCENE_READY_POLL_MS 20

extern const enum front_kind scene_kinds[SCENE_KINDS];

struct scene {
	char dir[SCRATCH_DIR_MAX];
	pid_t mirror;
	struct site site; /* only what a client needs */
};

void scene_start(struct scene *s, enum front_kind kind);
/* With the site of tests/existing, which includes the paths of the outbox. */
void scene_start_existing(struct scene *s, enum front_kind kind);
void scene_kill_mirror(struct scene *s);
void scene_stop(struct scene *s);

/* GET without a token; false if there was no answer at all. */
bool scene_get(const struct site_client *c, const char *path, struct answer *a);
/* The same until it is answered with 200. */
bool scene_wait(const struct site_client *c, const char *path, struct answer *a);
/* A connection to the web server, for close(). */
int scene_connect(const struct front *f);
/* Sends text as it is, and reads one answer; a->body.s ends with a NUL. */
void scene_send(const struct front *f, struct str text, struct answer *a);

/* The value of a header, for free(); those of several lines with ", " between (RFC 9110, 5.2);
 * NULL if there is none. */
char *scene_header(const struct answer *a, const char *name);
/* Fails the test, and says for which web server, what of, and what came, if not ok. */
void scene_expect(bool ok, enum front_kind kind, const char *what, const char *got);

#endif
