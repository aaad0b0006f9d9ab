/* tests/config.c -- the configuration file: defaults, ranges, complaints. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "config/config.h"
#include "tests/suites.h"

static bool
parses(const char *text, struct config *c, struct err *e)
{
	*e = (struct err){0};
	return config_parse(c, "x.conf", str_of(text), e);
}

static void
an_empty_file_gives_the_defaults(void)
{
	struct config c;
	struct err e;

	CU_ASSERT_FATAL(parses("", &c, &e));
	CU_ASSERT_STRING_EQUAL(c.data_dir, "/var/lib/report-outbox");
	CU_ASSERT_STRING_EQUAL(c.run_dir, "/run/report-outbox");
	CU_ASSERT_STRING_EQUAL(c.listen, "unix:/run/report-outbox/fastcgi.sock");
	CU_ASSERT_STRING_EQUAL(c.public_url, "");
	CU_ASSERT_STRING_EQUAL(c.server_names, "");
	CU_ASSERT_EQUAL(c.trusted_proxies.n, 0);
	CU_ASSERT_EQUAL(c.listen_mode, 0660);
	CU_ASSERT_EQUAL(c.log_level, LOG_LEVEL_INFO);
	CU_ASSERT_TRUE(c.metrics_for_loopback);
	CU_ASSERT_EQUAL(memcmp(&c.limits, &limits_default, sizeof c.limits), 0);
	CU_ASSERT_EQUAL(c.limits.max_size_request, 16 << 20);
	CU_ASSERT(config_workers(&c) >= 2);
	config_free(&c);
	CU_ASSERT_FATAL(config_read(&c, NULL, &e));
	CU_ASSERT_STRING_EQUAL(c.data_dir, "/var/lib/report-outbox");
	config_free(&c);
}

static void
what_the_file_says_replaces_a_default(void)
{
	struct config c;
	struct err e;

	CU_ASSERT_FATAL(parses("# comment\n"
			       "data_dir = \"/srv/a #b\" # comment\n"
			       "listen = \"127.0.0.1:9000\"\n"
			       "listen_mode = 0600\n"
			       "public_url = \"https://reports.example.com:8443/x\"\n"
			       "server_names = \"a.example [::2]  192.0.2.1\"\n"
			       "trusted_proxies = \"192.0.2.1 2001:db8::/32\"\n"
			       "redirect_uris = \"https://a/cb  http://b:1/c?d\"\n"
			       "workers = 7\r\n"
			       "log_level = debug\n"
			       "metrics_open_to = nobody\n"
			       "max_calls_in_request = 9\n",
	    &c, &e));
	CU_ASSERT_STRING_EQUAL(c.data_dir, "/srv/a #b");
	CU_ASSERT_STRING_EQUAL(c.listen, "127.0.0.1:9000");
	CU_ASSERT_EQUAL(c.listen_mode, 0600);
	CU_ASSERT_STRING_EQUAL(c.public_url, "https://reports.example.com:8443/x");
	CU_ASSERT_STRING_EQUAL(c.server_names, "a.example [::2]  192.0.2.1");
	CU_ASSERT_EQUAL(c.trusted_proxies.n, 2);
	CU_ASSERT_STRING_EQUAL(c.redirect_uris, "https://a/cb  http://b:1/c?d");
	CU_ASSERT_EQUAL(config_workers(&c), 7);
	CU_ASSERT_EQUAL(config_login_slots(&c), 3);
	CU_ASSERT_EQUAL(c.log_level, LOG_LEVEL_DEBUG);
	CU_ASSERT_FALSE(c.metrics_for_loopback);
	CU_ASSERT_EQUAL(c.limits.max_calls_in_request, 9);
	config_free(&c);
}

/* Least and most of each number; one less and one more is refused. */
static const struct {
	const char *name;
	long min, max;
} ranges[] = {
    {"listen_mode", 0600, 0777},
    {"workers", 0, CONFIG_WORKERS_MAX},
    {"worker_connections", 1, 4096},
    {"worker_timeout_s", 6, 3600},
    {"stop_timeout_s", 1, 3600},
    {"store_timeout_ms", 100, 59999},
    {"store_cache_mb", 1, 65536},
    {"keep_changes_days", 30, 3650},
    {"backup_every_h", 0, 8760},
    {"backup_after_mb", 0, 1 << 20},
    {"reserve_mb", 192, 1 << 20},
    {"max_size_request", 1 << 10, 128 << 20},
    {"max_size_record", 1 << 10, 64 << 20},
    {"max_size_response", 1 << 20, 128 << 20},
    {"max_calls_in_request", 1, 1000},
    {"max_objects_in_get", 1, 5000},
    {"max_objects_in_set", 1, LIMITS_OBJECTS_IN_SET_MAX},
    {"max_query_limit", 500, 1000000},
    {"max_changes", 1, 1000000},
    {"max_work_in_request", 1000000, 2000000000},
    {"max_cpu_ms_in_request", 100, 1800000},
    {"max_concurrent_requests", 1, 1000},
};

static void
check_value(const char *name, long value, bool good)
{
	struct config c;
	struct err e;
	char text[64];

	snprintf(text, sizeof text, "\n%s = %ld\n", name, value);
	if (parses(text, &c, &e) != good) {
		printf("%s: %s\n", text, e.text);
		CU_FAIL("wrong range");
	}
	if (e.code == ERR_NONE)
		config_free(&c);
	else
		CU_ASSERT_PTR_NOT_NULL(strstr(e.text, name));
}

static void
numbers_have_ranges(void)
{
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		check_value(ranges[i].name, ranges[i].min, true);
		check_value(ranges[i].name, ranges[i].max, true);
		check_value(ranges[i].name, ranges[i].min - 1, false);
		check_value(ranges[i].name, ranges[i].max + 1, false);
	}
}

static void
cpu_time_of_a_request_is_at_most_half_of_the_worker_timeout(void)
{
	static const struct {
		const char *text;
		size_t want;
	} cases[] = {
	    {"", 2000},
	    {"worker_timeout_s = 8\nmax_cpu_ms_in_request = 4000\n", 4000},
	    {"worker_timeout_s = 8\nmax_cpu_ms_in_request = 4001\n", 4000},
	    {"worker_timeout_s = 3600\nmax_cpu_ms_in_request = 1800000\n", 1800000},
	    {"worker_timeout_s = 3599\nmax_cpu_ms_in_request = 1800000\n", 1799500},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct config c;
		struct err e = {0};

		CU_ASSERT_TRUE(config_parse(&c, "x.conf", str_of(cases[i].text), &e));
		CU_ASSERT_EQUAL(c.limits.max_cpu_ms_in_request, cases[i].want);
		config_free(&c);
	}
}

/* A file and what is said of it. */
static const struct {
	const char *text, *complaint;
} bad[] = {
    {"workers = 1\nwrokers = 2\n", "x.conf: line 2: no such option 'wrokers'"},
    {"workers = 2\n# a comment\nlog_level = info\nworkers = 2\n",
	"x.conf: line 4: workers is given twice: in line 1 too"},
    {"data_dir = \"/a\"\ndata_dir = \"/b\"\n",
	"line 2: data_dir is given twice: in line 1 too"},
    {"listen_mode = 0600 listen_mode = 0600\n", "line 1: listen_mode is given twice"},
    {"\n\nworkers = many\n", "line 3: invalid integer value for option 'workers'"},
    {"# one\n  # two\nworkers = 3 # don't\ncolour = 3\n", "line 4: no such option 'colour'"},
    {"data_dir = '/it\\'s #1'\nrun_dir = \"/\\\"#\"\ncolour = 3\n", "line 3: no such option"},
    {"workers = 99999999999999999999\n", "out of range"},
    {"workers 2\n", "line 1: missing equal sign"},
    {"workers =\n", "premature end of file"},
    {"listen = \"unclosed\n", "premature end of file"},
    {"section { }\n", "no such option 'section'"},
    {"data_dir = var\n", "data_dir must be an absolute path"},
    {"run_dir = \"\"\n", "run_dir must be an absolute path"},
    {"listen = \"unix:run\"\n", "listen must be unix:/PATH or ADDRESS:PORT"},
    {"listen = \"unix:\"\n", "listen must be unix:/PATH or ADDRESS:PORT"},
    {"listen = 9000\n", "listen must be unix:/PATH or ADDRESS:PORT"},
    {"listen_mode = 660\n", "listen_mode must be from 0600 to 0777"},
    {"report_format = \"7490\"\n", "9990 or 7489"},
    {"report_contact = \"mx.example\"\n", "an address"},
    {"report_contact = \"a b@mx.example\"\n", "an address"},
    {"deliver_from = \"@mx.example\"\n", "an address"},
    {"deliver_from = \"a@\"\n", "an address"},
    {"deliver_from = \"a@b@c\"\n", "an address"},
    {"report_organization = \"a\tb\"\n", "control characters"},
    {"public_url = \"example.com\"\n", "begins with https:// or http://"},
    {"public_url = \"https://\"\n", "with a host"},
    {"public_url = \"https:///a\"\n", "with a host"},
    {"public_url = \"https://a/\"\n", "without a slash at its end"},
    {"public_url = \"https://a?b\"\n", "without a query"},
    {"public_url = \"https://\xc3\xa4\"\n", "in ASCII"},
    {"server_names = \"a.example:80\"\n", "server_names must be names"},
    {"server_names = \"a.example, b.example\"\n", "server_names must be names"},
    {"server_names = \"https://a.example\"\n", "server_names must be names"},
    {"server_names = \"2001:db8::1\"\n", "server_names must be names"},
    {"server_names = \"*\"\n", "server_names must be names"},
    {"trusted_proxies = \"192.0.2.1, 192.0.2.2\"\n", "trusted_proxies must be addresses"},
    {"trusted_proxies = \"192.0.2.0/33\"\n", "trusted_proxies must be addresses"},
    {"trusted_proxies = \"proxy.example.com\"\n", "trusted_proxies must be addresses"},
    {"redirect_uris = \"/cb\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https://\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https:///cb\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https://a/cb javascript:x\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https://a/cb, https://b/cb\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https://a/cb#x\"\n", "redirect_uris must be URLs"},
    {"redirect_uris = \"https://a/\xc3\xa4\"\n", "redirect_uris must be URLs"},
    {"log_level = \"loud\"\n", "log_level must be error, warn, info or debug"},
    {"metrics_open_to = \"everybody\"\n", "metrics_open_to must be loopback or nobody"},
    {"max_objects_in_get = 6000\n", "max_query_limit must not be below max_objects_in_get"},
    {"workers = 10\nstore_connections = 21\n", "store_connections must be at least twice"},
    {"worker_timeout_s = 5\n", "worker_timeout_s must be longer than store_timeout_ms"},
};

static void
a_complaint_names_the_line_and_the_option(void)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct config c;
		struct err e;

		CU_ASSERT_FALSE(parses(bad[i].text, &c, &e));
		if (strstr(e.text, bad[i].complaint) == NULL) {
			printf("%s: %s\n", bad[i].text, e.text);
			CU_FAIL("another complaint");
		}
	}
}

static void
one_bad_file_does_not_spoil_the_next(void)
{
	struct config c;
	struct err e;

	CU_ASSERT_FALSE(parses("listen = \"unclosed", &c, &e));
	CU_ASSERT_FATAL(parses("workers = 3\n", &c, &e));
	CU_ASSERT_EQUAL(c.workers, 3);
	config_free(&c);
}

static void
only_text_is_read(void)
{
	struct config c;
	struct err e = {0};

	CU_ASSERT_FALSE(config_parse(&c, "x.conf", (struct str){"workers = 3\0\n", 13}, &e));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "not a text file"));
	e = (struct err){0};
	CU_ASSERT_FALSE(config_read(&c, "/", &e));
	e = (struct err){0};
	CU_ASSERT_FALSE(config_read(&c, "/no/such/file", &e));
}

/* deploy/outbox.conf, with the # taken from its options. */
static void
uncomment(struct str text, struct buf *out, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < text.len; i++) {
		bool option = text.s[i] == '#' && (i == 0 || text.s[i - 1] == '\n') &&
		    i + 1 < text.len && text.s[i + 1] >= 'a' && text.s[i + 1] <= 'z';

		*n += option;
		if (!option)
			buf_putc(out, text.s[i]);
	}
}

static void
the_documented_file_holds_every_option_with_its_default(void)
{
	struct buf file = {0}, text = {0};
	struct config c, d;
	struct err e = {0};
	size_t n;

	CU_ASSERT_FATAL(io_read_file("deploy/outbox.conf", 1 << 20, &file, &e));
	uncomment(buf_str(&file), &text, &n);
	CU_ASSERT_EQUAL(n, config_option_count());
	CU_ASSERT_FATAL(config_parse(&c, "deploy/outbox.conf", buf_str(&text), &e));
	CU_ASSERT_FATAL(config_read(&d, NULL, &e));
	CU_ASSERT_STRING_EQUAL(c.data_dir, d.data_dir);
	CU_ASSERT_STRING_EQUAL(c.run_dir, d.run_dir);
	CU_ASSERT_STRING_EQUAL(c.listen, d.listen);
	CU_ASSERT_STRING_EQUAL(c.public_url, d.public_url);
	CU_ASSERT_STRING_EQUAL(c.server_names, d.server_names);
	CU_ASSERT_EQUAL(memcmp(&c.limits, &d.limits, sizeof c.limits), 0);
	CU_ASSERT_EQUAL(c.listen_mode, d.listen_mode);
	CU_ASSERT_EQUAL(c.workers, d.workers);
	CU_ASSERT_EQUAL(c.worker_connections, d.worker_connections);
	CU_ASSERT_EQUAL(c.worker_timeout_s, d.worker_timeout_s);
	CU_ASSERT_EQUAL(c.stop_timeout_s, d.stop_timeout_s);
	CU_ASSERT_EQUAL(c.store_timeout_ms, d.store_timeout_ms);
	CU_ASSERT_EQUAL(c.store_cache_mb, d.store_cache_mb);
	CU_ASSERT_EQUAL(c.store_connections, d.store_connections);
	CU_ASSERT_EQUAL(c.keep_changes_days, d.keep_changes_days);
	CU_ASSERT_EQUAL(c.backup_every_h, d.backup_every_h);
	CU_ASSERT_EQUAL(c.backup_after_mb, d.backup_after_mb);
	CU_ASSERT_EQUAL(c.reserve_mb, d.reserve_mb);
	CU_ASSERT_EQUAL(c.log_level, d.log_level);
	config_free(&c);
	config_free(&d);
	buf_free(&file);
	buf_free(&text);
}

static void
paths_lie_in_their_folders(void)
{
	struct config c;
	struct err e;
	char *paths[2];

	CU_ASSERT_FATAL(parses("run_dir = /r\n", &c, &e));
	paths[0] = config_store_socket(&c);
	paths[1] = config_pid_file(&c);
	CU_ASSERT_STRING_EQUAL(paths[0], "/r/store.sock");
	CU_ASSERT_STRING_EQUAL(paths[1], "/r/outboxd.pid");
	for (size_t i = 0; i < 2; i++)
		free(paths[i]);
	config_free(&c);
}

const CU_TestInfo config_tests[] = {
    {"an empty file gives the defaults", an_empty_file_gives_the_defaults},
    {"what the file says replaces a default", what_the_file_says_replaces_a_default},
    {"numbers have ranges", numbers_have_ranges},
    {"CPU time of a request is at most half of worker_timeout_s",
	cpu_time_of_a_request_is_at_most_half_of_the_worker_timeout},
    {"a complaint names the line and the option", a_complaint_names_the_line_and_the_option},
    {"one bad file does not spoil the next", one_bad_file_does_not_spoil_the_next},
    {"only text is read", only_text_is_read},
    {"the documented file holds every option with its default",
	the_documented_file_holds_every_option_with_its_default},
    {"paths lie in their folders", paths_lie_in_their_folders},
    CU_TEST_INFO_NULL,
};
