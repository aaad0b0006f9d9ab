/* tests/site_names.c -- the names under which an outbox answers, through each web server. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/scene.h"
#include "tests/suites.h"

#define METADATA "/.well-known/oauth-authorization-server"
#define CONFIG_MAX (1u << 16) /* bytes */

/* What is answered under a name: the status, and whether the body holds a text. */
static int
status_at(struct site_client *c, const char *host_field, const char *holds)
{
	const char *const fields[] = {host_field, NULL};
	struct answer a;
	int status;

	c->fields = fields;
	CU_ASSERT_TRUE_FATAL(scene_get(c, METADATA, &a));
	status = a.status;
	CU_ASSERT_PTR_NOT_NULL(strstr(a.body.s, holds));
	c->fields = NULL;
	answer_free(&a);
	return status;
}

static void
add_setting(const struct site *s, const char *line)
{
	char path[SCRATCH_DIR_MAX + 32];
	struct buf text = {0};
	struct err e = {0};

	snprintf(path, sizeof path, "%s/outbox.conf", s->dir);
	CU_ASSERT_TRUE(io_read_file(path, CONFIG_MAX, &text, &e));
	buf_puts(&text, line);
	CU_ASSERT_TRUE(io_write_file(path, buf_str(&text), 0600, &e));
	buf_free(&text);
}

/* The workers of before may still answer for a while. */
static bool
comes_to_be_known(struct site_client *c, const char *host_field)
{
	for (int ms = 0; ms < SCENE_READY_WAIT_MS; ms += SCENE_READY_POLL_MS) {
		if (status_at(c, host_field, "") == 200)
			return true;
		usleep(SCENE_READY_POLL_MS * 1000);
	}
	return false;
}

static void
only_its_names_are_answered(void)
{
	for (size_t k = 0; k < SCENE_KINDS; k++) {
		const struct site_plan plan = {.fronts = {scene_kinds[k]}, .n_fronts = 1};
		struct site s;
		struct site_client c;

		site_start_as(&s, &plan);
		site_client_open(&c, &s);
		CU_ASSERT_EQUAL(
		    status_at(&c, "Host: localhost:81", "http://localhost:81"), 200);
		CU_ASSERT_EQUAL(
		    status_at(&c, "Host: outbox.example", "Misdirected Request"), 421);
		add_setting(&s, "server_names = \"outbox.example\"\n");
		kill(s.outboxd, SIGHUP);
		CU_ASSERT_TRUE(comes_to_be_known(&c, "Host: outbox.example"));
		CU_ASSERT_EQUAL(status_at(&c, "Host: other.example", "other.example"), 421);
		site_client_close(&c);
		CU_ASSERT_TRUE(site_stop(&s));
	}
}

const CU_TestInfo site_names_tests[] = {
    {"an outbox answers under its names, and a reload adds one", only_its_names_are_answered},
    CU_TEST_INFO_NULL,
};
