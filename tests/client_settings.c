/* tests/client_settings.c -- where outboxctl takes the URL and the token from. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "client/cache.h"
#include "client/settings.h"
#include "tests/scratch.h"
#include "tests/suites.h"

#define PATH_ROOM (SCRATCH_DIR_MAX + 64)

/* A home of its own, and nothing in the environment. */
static void
begin(char dir[static SCRATCH_DIR_MAX])
{
	scratch_make(dir);
	setenv("HOME", dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv(SETTINGS_URL_ENV);
	unsetenv(SETTINGS_TOKEN_ENV);
}

static const char *
write_file(const char *dir, const char *name, mode_t mode, const char *text,
    char path[static PATH_ROOM])
{
	struct err e = {0};

	snprintf(path, PATH_ROOM, "%s/%s", dir, name);
	CU_ASSERT(io_write_file(path, str_of(text), mode, &e));
	return path;
}

static void
check(const struct settings_given *g, const char *url, const char *token)
{
	struct settings s;
	struct err e = {0};

	if (!settings_read(&s, g, &e)) {
		CU_FAIL("refused");
		fprintf(stderr, "\n%s\n", e.text);
		return;
	}
	CU_ASSERT_STRING_EQUAL(s.url, url);
	CU_ASSERT_STRING_EQUAL(s.token, token);
	settings_free(&s);
}

/* What must be said, and what must not: a secret. */
static void
check_refused(const struct settings_given *g, const char *said)
{
	struct settings s;
	struct err e = {0};

	CU_ASSERT_FALSE(settings_read(&s, g, &e));
	CU_ASSERT_EQUAL(e.code, ERR_INVALID_ARGUMENTS);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, said));
	CU_ASSERT_PTR_NULL(strstr(e.text, "secret"));
	CU_ASSERT_PTR_NULL(s.token);
}

static void
the_command_line_goes_first_then_its_file_then_the_environment(void)
{
	char dir[SCRATCH_DIR_MAX], path[PATH_ROOM], token[PATH_ROOM];

	begin(dir);
	write_file(dir, "a.conf", 0600, "url = \"http://a.example\"\ntoken = \"ta\"\n", path);
	write_file(dir, "token", 0644, " \n", token);
	check_refused(&(struct settings_given){0}, "no server is named: give --url");
	check_refused(&(struct settings_given){.url = "http://x.example"}, "no token for");
	check_refused(&(struct settings_given){.url = "http://x.example", .token_file = token},
	    "no token in");
	write_file(dir, "token", 0644, "tt \r\n", token);
	check(&(struct settings_given){.url = "http://x.example/", .token_file = token},
	    "http://x.example", "tt");
	setenv(SETTINGS_URL_ENV, "http://env.example", 1);
	setenv(SETTINGS_TOKEN_ENV, "te", 1);
	check(&(struct settings_given){0}, "http://env.example", "te");
	check(&(struct settings_given){.file = path}, "http://a.example", "ta");
	check(&(struct settings_given){.file = path, .token = "tc"}, "http://a.example", "tc");
	check(&(struct settings_given){.url = "http://x.example"}, "http://x.example", "te");
	unsetenv(SETTINGS_URL_ENV);
	unsetenv(SETTINGS_TOKEN_ENV);
	scratch_remove(dir);
}

static void
the_default_file_is_in_the_home(void)
{
	char dir[SCRATCH_DIR_MAX], path[PATH_ROOM];

	begin(dir);
	snprintf(path, sizeof path, "%s/.config", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/.config/report-outbox", dir);
	mkdir(path, 0700);
	write_file(dir, ".config/report-outbox/" SETTINGS_FILE, 0600,
	    "url = \"https://home.example:8443/\"\ntoken_file = \"../../t\"\n", path);
	write_file(dir, "t", 0600, "th\n", path);
	check(&(struct settings_given){0}, "https://home.example:8443", "th");
	snprintf(path, sizeof path, "%s/.config", dir);
	setenv("XDG_CONFIG_HOME", path, 1);
	check(&(struct settings_given){0}, "https://home.example:8443", "th");
	setenv("XDG_CONFIG_HOME", dir, 1);
	check_refused(&(struct settings_given){0}, "no server is named: give --url");
	unsetenv("XDG_CONFIG_HOME");
	scratch_remove(dir);
}

static void
a_files_token_is_for_the_files_url_alone(void)
{
	char dir[SCRATCH_DIR_MAX], path[PATH_ROOM];

	begin(dir);
	write_file(
	    dir, "a.conf", 0600, "url = \"http://a.example/\"\ntoken = \"secret\"\n", path);
	check(&(struct settings_given){.url = "http://a.example", .file = path},
	    "http://a.example", "secret");
	check_refused(
	    &(struct settings_given){.url = "http://b.example", .file = path}, "no token for");
	scratch_remove(dir);
}

static void
a_file_with_a_token_is_not_open_to_others(void)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0660};
	char dir[SCRATCH_DIR_MAX], path[PATH_ROOM];

	begin(dir);
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		write_file(dir, "a.conf", modes[i],
		    "url = \"http://a.example\"\ntoken = \"secret\"\n", path);
		check_refused(&(struct settings_given){.file = path}, "open to others");
	}
	write_file(dir, "a.conf", 0644, "url = \"http://a.example\"\n", path);
	check(&(struct settings_given){.file = path, .token = "t"}, "http://a.example", "t");
	scratch_remove(dir);
}

static void
a_file_that_is_wrong_is_refused_by_its_line(void)
{
	char dir[SCRATCH_DIR_MAX], path[PATH_ROOM];

	begin(dir);
	write_file(
	    dir, "a.conf", 0600, "url = \"http://a.example\"\ntokn = \"secret\"\n", path);
	check_refused(&(struct settings_given){.file = path}, "a.conf, line 2: ");
	check_refused(&(struct settings_given){.file = "/none/a.conf"}, "/none/a.conf");
	check_refused(&(struct settings_given){.token_file = "/none/token"}, "/none/token");
	scratch_remove(dir);
}

static void
urls_and_tokens_have_a_form(void)
{
	static const char *const urls[] = {"a.example", "ftp://a.example", "http://",
	    "https:", "http://user:secret@a.example", "http://a.example/?q",
	    "http://a.example/#f"};
	static const char *const tokens[] = {"secret\nHost: b", "sec ret", "secret\xff", ""};
	char dir[SCRATCH_DIR_MAX];
	struct buf longest = {0};

	begin(dir);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		check_refused(
		    &(struct settings_given){.url = urls[i], .token = "t"}, "the URL ");
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
		check_refused(
		    &(struct settings_given){.url = "http://a.example", .token = tokens[i]},
		    "token");
	for (int i = 0; i < SETTINGS_TOKEN_MAX; i++)
		buf_putc(&longest, 't');
	check(&(struct settings_given){.url = "http://a.example",
		  .token = buf_terminate(&longest)},
	    "http://a.example", longest.s);
	buf_putc(&longest, 't');
	check_refused(&(struct settings_given){.url = "http://a.example",
			  .token = buf_terminate(&longest)},
	    "too long");
	buf_free(&longest);
	scratch_remove(dir);
}

/* --- the cache --- */

static void
check_cached(const char *server, const char *hash, const char *document)
{
	struct buf got = {0};

	buf_puts(&got, "-");
	CU_ASSERT_EQUAL(cache_get(server, str_of(hash), &got), document != NULL);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&got) + 1, document != NULL ? document : "");
	buf_free(&got);
}

static void
a_document_is_kept_under_its_server_and_hash(void)
{
	char dir[SCRATCH_DIR_MAX];

	begin(dir);
	check_cached("http://a.example", "h1", NULL);
	cache_put("http://a.example", STR("h1"), STR("one"));
	check_cached("http://a.example", "h1", "one");
	check_cached("http://b.example", "h1", NULL);
	cache_put("http://a.example", STR("h2"), STR("two"));
	check_cached("http://a.example", "h1", NULL);
	check_cached("http://a.example", "h2", "two");
	scratch_remove(dir);
}

static void
a_hash_that_is_no_name_is_not_kept(void)
{
	static const char *const names[] = {"", ".", "..", "../x", "a/b", "a.b", "a b"};
	char dir[SCRATCH_DIR_MAX], longest[CACHE_HASH_MAX + 2];

	begin(dir);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		cache_put("http://a.example", str_of(names[i]), STR("x"));
		check_cached("http://a.example", names[i], NULL);
	}
	memset(longest, 'h', sizeof longest);
	longest[CACHE_HASH_MAX + 1] = '\0';
	cache_put("http://a.example", str_of(longest), STR("x"));
	check_cached("http://a.example", longest, NULL);
	longest[CACHE_HASH_MAX] = '\0';
	cache_put("http://a.example", str_of(longest), STR("x"));
	check_cached("http://a.example", longest, "x");
	scratch_remove(dir);
}

const CU_TestInfo client_settings_tests[] = {
    {"the command line goes first, then its file, then the environment",
	the_command_line_goes_first_then_its_file_then_the_environment},
    {"the default file is in the home", the_default_file_is_in_the_home},
    {"a file's token is for the file's URL alone", a_files_token_is_for_the_files_url_alone},
    {"a file with a token is not open to others", a_file_with_a_token_is_not_open_to_others},
    {"a file that is wrong is refused by its line",
	a_file_that_is_wrong_is_refused_by_its_line},
    {"URLs and tokens have a form", urls_and_tokens_have_a_form},
    {"a document is kept under its server and hash",
	a_document_is_kept_under_its_server_and_hash},
    {"a hash that is no name is not kept", a_hash_that_is_no_name_is_not_kept},
    CU_TEST_INFO_NULL,
};
