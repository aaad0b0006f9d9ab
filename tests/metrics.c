/* tests/metrics.c -- counting, in one process and in many, and what is made of it. */
#include <CUnit/CUnit.h>
#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "metrics/list.h"
#include "metrics/table.h"
#include "tests/exposition.h"
#include "tests/suites.h"

#define COUNTERS 4 /* processes or threads */
#define EACH 5000  /* additions */
#define TYPES 40   /* series that they race to make */

static struct metrics *
new_table(void)
{
	struct metrics *m;
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(metrics_open(&m, -1, &e));
	return m;
}

/* What the first cell of a family's series hold together. */
static int64_t
total(const struct metrics *m, enum metric f)
{
	struct metric_list l = {0};
	int64_t cells[METRIC_CELLS];

	metric_list_read(&l, m);
	metric_sum(&l, f, 0, NULL, cells);
	metric_list_free(&l);
	return cells[0];
}

/* --- the table of families --- */

static bool
ends_in(const char *s, const char *end)
{
	return strlen(s) >= strlen(end) && strcmp(s + strlen(s) - strlen(end), end) == 0;
}

static bool
is_name(const char *s)
{
	for (const char *c = s; *c != '\0'; c++)
		if (!islower((unsigned char)*c) && *c != '_')
			return false;
	return *s != '\0';
}

/* As Prometheus' own rules for names have it. */
static void
families_are_well_named(void)
{
	for (enum metric f = 0; f < METRIC__COUNT; f++) {
		const struct metric_family *x = &metric_families[f];

		CU_ASSERT_PTR_NOT_NULL_FATAL(x->name);
		CU_ASSERT(is_name(x->name) && strncmp(x->name, "outbox_", 7) == 0);
		CU_ASSERT_EQUAL(ends_in(x->name, "_total"), x->kind == METRIC_COUNTER);
		CU_ASSERT(x->unit == 1 || ends_in(x->name, "_seconds"));
		CU_ASSERT_EQUAL(x->bounds != NULL, x->kind == METRIC_HISTOGRAM);
		CU_ASSERT(metric_bounds(f) <= METRIC_BOUNDS_MAX);
		CU_ASSERT(ends_in(x->help, "."));
		CU_ASSERT_PTR_NULL(strpbrk(x->help, "\n\\"));
		for (size_t i = 0; x->labels[i] != NULL; i++)
			CU_ASSERT(is_name(x->labels[i]) && strcmp(x->labels[i], "le") != 0);
		for (size_t i = 1; i < metric_bounds(f); i++)
			CU_ASSERT(x->bounds[i] > x->bounds[i - 1]);
	}
}

/* Every family that a text names, without what a histogram's samples have behind it. */
static void
check_names_in(const char *path, bool all)
{
	bool named[METRIC__COUNT] = {false};
	struct buf text = {0};
	struct err e = {0};
	const char *at;

	CU_ASSERT_TRUE_FATAL(io_read_file(path, 1 << 20, &text, &e));
	at = buf_terminate(&text);
	while ((at = strstr(at, "outbox_")) != NULL) {
		size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
		bool known = false;

		for (enum metric f = 0; f < METRIC__COUNT; f++) {
			struct str rest = {at, len};

			if (str_cut_prefix(&rest, metric_families[f].name) &&
			    (rest.len == 0 || str_is(rest, "_bucket")))
				known = named[f] = true;
		}
		if (!known) {
			printf("%s: %.*s\n", path, (int)len, at);
			CU_FAIL("there is no such family");
		}
		at += len;
	}
	for (enum metric f = 0; f < METRIC__COUNT; f++)
		CU_ASSERT(named[f] || !all);
	buf_free(&text);
}

static void
the_documentation_and_the_alerts_name_families_that_there_are(void)
{
	check_names_in("docs/metrics.md", true);
	check_names_in("deploy/prometheus-rules.yml", false);
}

/* --- counting --- */

static void
each_series_counts_by_itself(void)
{
	struct metrics *m = new_table();
	struct metric_list l = {0};
	int64_t cells[METRIC_CELLS];

	metrics_add(m, METRIC_CALLS, METRIC_LABELS("A", "get", "ok"), 2);
	metrics_add(m, METRIC_CALLS, METRIC_LABELS("A", "get", "ok"), 3);
	metrics_add(m, METRIC_CALLS, METRIC_LABELS("B", "get", "ok"), 7);
	metrics_add(m, METRIC_CALLS, METRIC_LABELS("A", "getok", ""), 1);
	metrics_set(m, METRIC_START_TIME, METRIC_NO_LABELS, 5);
	metrics_set(m, METRIC_START_TIME, METRIC_NO_LABELS, -6);
	metric_list_read(&l, m);
	metric_sum(&l, METRIC_CALLS, 0, NULL, cells);
	CU_ASSERT_EQUAL(cells[0], 13);
	metric_sum(&l, METRIC_CALLS, 0, "A", cells);
	CU_ASSERT_EQUAL(cells[0], 6);
	metric_sum(&l, METRIC_CALLS, 1, "get", cells);
	CU_ASSERT_EQUAL(cells[0], 12);
	metric_sum(&l, METRIC_START_TIME, 0, NULL, cells);
	CU_ASSERT_EQUAL(cells[0], -6);
	metric_list_free(&l);
	metrics_close(&m);
	CU_ASSERT_PTR_NULL(m);
}

static void
where_there_is_no_table_nothing_is_counted(void)
{
	struct metric_list l = {0};
	struct metrics *none = NULL;

	metrics_add(none, METRIC_TOKENS, METRIC_LABELS("ok"), 1);
	metrics_set(none, METRIC_START_TIME, METRIC_NO_LABELS, 1);
	metrics_observe(none, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 1);
	metric_list_read(&l, none);
	CU_ASSERT_EQUAL(l.n, 0);
	metrics_close(&none);
}

static void
count_much(struct metrics *m)
{
	char type[] = "type-";

	for (int i = 0; i < EACH; i++) {
		type[4] = (char)('A' + i % TYPES);
		metrics_add(m, METRIC_CALLS, METRIC_LABELS(type, "get", "ok"), 1);
		metrics_observe(m, METRIC_CALL_TIME, METRIC_LABELS(type, "get"), i);
	}
}

static void
check_much(const struct metrics *m)
{
	struct metric_list l = {0};
	int64_t cells[METRIC_CELLS];

	metric_list_read(&l, m);
	metric_list_sort(&l);
	CU_ASSERT_EQUAL(l.n, 2 * TYPES + 1); /* and what was lost */
	metric_sum(&l, METRIC_CALLS, 0, NULL, cells);
	CU_ASSERT_EQUAL(cells[0], COUNTERS * EACH);
	metric_sum(&l, METRIC_CALL_TIME, 0, NULL, cells);
	CU_ASSERT_EQUAL(metric_count(METRIC_CALL_TIME, cells), COUNTERS * EACH);
	CU_ASSERT_EQUAL(cells[METRIC_CELLS - 1], INT64_C(1) * COUNTERS * EACH * (EACH - 1) / 2);
	CU_ASSERT_EQUAL(total(m, METRIC_LOST), 0);
	metric_list_free(&l);
}

static void
processes_count_together(void)
{
	struct metrics *m, *mine;
	struct err e = {0};
	pid_t pids[COUNTERS];
	int fd, status;

	CU_ASSERT_TRUE_FATAL(metrics_make(&m, &fd, &e));
	for (size_t i = 0; i < COUNTERS; i++) {
		pids[i] = fork();
		if (pids[i] > 0)
			continue;
		if (!metrics_open(&mine, fd, &e))
			_exit(1);
		count_much(mine);
		kill(getpid(), SIGKILL); /* what was counted stays */
	}
	for (size_t i = 0; i < COUNTERS; i++)
		CU_ASSERT(waitpid(pids[i], &status, 0) == pids[i] && WIFSIGNALED(status));
	check_much(m);
	io_close(&fd);
	metrics_close(&m);
}

static void *
count_in_thread(void *m)
{
	count_much(m);
	return NULL;
}

static void
threads_count_together(void)
{
	struct metrics *m = new_table();
	pthread_t threads[COUNTERS];

	for (size_t i = 0; i < COUNTERS; i++)
		pthread_create(&threads[i], NULL, count_in_thread, m);
	for (size_t i = 0; i < COUNTERS; i++)
		pthread_join(threads[i], NULL);
	check_much(m);
	metrics_close(&m);
}

/* As a process leaves it that was killed between the two steps of taking a place. */
static void
a_place_that_was_never_taken_is_passed_over(void)
{
	struct metrics *m = new_table();

	metrics_add(m, METRIC_TOKENS, METRIC_LABELS("ok"), 1);
	for (size_t i = 0; i < METRICS_SERIES_MAX; i++)
		if (m->places[i].state == PLACE_TAKEN)
			m->places[i].state = PLACE_CLAIMED;
	CU_ASSERT_EQUAL(total(m, METRIC_TOKENS), 0);
	metrics_add(m, METRIC_TOKENS, METRIC_LABELS("ok"), 1);
	metrics_add(m, METRIC_TOKENS, METRIC_LABELS("ok"), 1);
	CU_ASSERT_EQUAL(total(m, METRIC_TOKENS), 2);
	metrics_close(&m);
}

/* Two who took a place for the same series at the same time. */
static void
a_series_that_has_two_places_is_one(void)
{
	struct metrics *m = new_table();
	struct metric_list l = {0};
	struct buf out = {0};
	struct err e = {0};
	size_t at = 0;
	double value = 0;

	metrics_add(m, METRIC_TOKENS, METRIC_LABELS("ok"), 4);
	while (m->places[at].state != PLACE_TAKEN)
		at++;
	memcpy(&m->places[(at + 7) % METRICS_SERIES_MAX], &m->places[at], sizeof m->places[at]);
	metric_list_read(&l, m);
	metrics_text(&l, &out);
	CU_ASSERT_TRUE(exposition_check(buf_str(&out), &e));
	CU_ASSERT_TRUE(exposition_value(
	    buf_str(&out), "outbox_token_checks_total{result=\"ok\"}", &value));
	CU_ASSERT_EQUAL(value, 8);
	buf_free(&out);
	metric_list_free(&l);
	metrics_close(&m);
}

static void
what_finds_no_place_is_lost_and_counted(void)
{
	struct metrics *m = new_table();
	char label[METRIC_LABELS_BYTES + 2];
	size_t made = 0;

	memset(label, 'x', sizeof label);
	label[METRIC_LABELS_BYTES - 1] = '\0';
	metrics_add(m, METRIC_TOKENS, METRIC_LABELS(label), 1);
	CU_ASSERT_EQUAL(total(m, METRIC_LOST), 0);
	label[METRIC_LABELS_BYTES - 1] = 'x';
	label[METRIC_LABELS_BYTES] = '\0';
	metrics_add(m, METRIC_TOKENS, METRIC_LABELS(label), 1);
	CU_ASSERT_EQUAL(total(m, METRIC_LOST), 1);
	for (; made < METRICS_SERIES_MAX + 10; made++) {
		struct buf name = {0};

		buf_printf(&name, "%zu", made);
		metrics_add(m, METRIC_TOKENS, METRIC_LABELS(buf_terminate(&name)), 1);
		buf_free(&name);
	}
	CU_ASSERT(total(m, METRIC_LOST) >= 12);
	CU_ASSERT_EQUAL(
	    total(m, METRIC_LOST) + total(m, METRIC_TOKENS), METRICS_SERIES_MAX + 12);
	metrics_close(&m);
}

static void
another_versions_table_is_refused(void)
{
	struct metrics *m, *other = NULL;
	struct err e = {0};
	int fd, null_fd = memfd_create("empty", MFD_CLOEXEC);

	CU_ASSERT_TRUE_FATAL(metrics_make(&m, &fd, &e));
	CU_ASSERT_TRUE(metrics_open(&other, fd, &e));
	metrics_close(&other);
	m->layout++;
	CU_ASSERT_FALSE(metrics_open(&other, fd, &e));
	CU_ASSERT_PTR_NULL(other);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "another version"));
	e = (struct err){0};
	CU_ASSERT_FALSE(metrics_open(&other, null_fd, &e));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "no table of metrics"));
	CU_ASSERT_NOT_EQUAL(ftruncate(fd, 1), 0);
	io_close(&null_fd);
	io_close(&fd);
	metrics_close(&m);
}

/* --- reading --- */

static void
nonsense_in_the_table_is_not_believed(void)
{
	struct metrics *m = new_table();
	struct metric_list l = {0};

	memset(m->places[0].labels, 'x', sizeof m->places[0].labels);
	m->places[0].family = METRIC_TOKENS;
	m->places[1].family = METRIC__COUNT;
	m->places[2].family = METRIC_TOKENS;
	m->places[2].labels[3] = 'x'; /* behind its one label */
	m->places[3].family = METRIC_TOKENS;
	m->places[3].cells[0] = INT64_MAX;
	for (size_t i = 0; i < 4; i++)
		m->places[i].state = PLACE_TAKEN;
	metric_list_read(&l, m);
	CU_ASSERT_EQUAL(l.n, 2);
	CU_ASSERT_EQUAL(l.series[0].cells[0], 0);
	metric_list_free(&l);
	metrics_close(&m);
}

static void
a_list_is_sent_and_read_back(void)
{
	struct metrics *m = new_table();
	struct metric_list l = {0}, back = {0}, cut = {0};
	struct buf frame = {0};
	struct unpack u;

	metrics_add(m, METRIC_CALLS, METRIC_LABELS("A", "get", "ok"), 2);
	metrics_observe(m, METRIC_COMMIT_TIME, METRIC_NO_LABELS, 600);
	metric_list_read(&l, m);
	metric_list_set(&l, METRIC_PENDING, METRIC_LABELS("A"), 12);
	pack_metrics(&frame, &l);
	u = unpack_of(buf_str(&frame));
	CU_ASSERT_TRUE(unpack_metrics(&u, &back));
	CU_ASSERT_EQUAL_FATAL(back.n, l.n);
	CU_ASSERT_EQUAL(memcmp(back.series, l.series, l.n * sizeof *l.series), 0);
	for (size_t n = 0; n < frame.len; n++) {
		u = unpack_of((struct str){frame.s, n});
		CU_ASSERT_FALSE(unpack_metrics(&u, &cut));
		metric_list_free(&cut);
	}
	metric_list_free(&back);
	metric_list_free(&l);
	buf_free(&frame);
	metrics_close(&m);
}

/* --- the text --- */

/* Everything there is, with values that want escaping. */
static void
the_text_is_what_prometheus_reads(void)
{
	static const char *const hostile[METRIC_LABELS_MAX] = {"a\"b\\c\nd", "{}", ""};
	struct metrics *m = new_table();
	struct metric_list l = {0};
	struct buf out = {0};
	struct err e = {0};

	for (enum metric f = 0; f < METRIC__COUNT; f++)
		for (int again = 0; again < 2; again++) {
			const char *const *labels =
			    again ? hostile : METRIC_LABELS("a", "b", "c");

			if (f == METRIC_LOST)
				continue;
			if (metric_families[f].kind == METRIC_HISTOGRAM)
				metrics_observe(m, f, labels, 1000000000);
			else if (again == 0 || metric_labels(f) > 0)
				metrics_set(m, f, labels, 1234567);
		}
	metric_list_read(&l, m);
	metrics_text(&l, &out);
	if (!exposition_check(buf_str(&out), &e))
		CU_assertImplementation(CU_FALSE, __LINE__, e.text, __FILE__, "", CU_FALSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&out),
	    "outbox_method_calls_total{type=\"a\\\"b\\\\c\\nd\",verb=\"{}\",result=\"\"} "
	    "1234567\n"));
	for (enum metric f = 0; f < METRIC__COUNT; f++)
		CU_ASSERT_PTR_NOT_NULL(strstr(out.s, metric_families[f].name));
	buf_free(&out);
	metric_list_free(&l);
	metrics_close(&m);
}

static void
a_histogram_is_cumulative(void)
{
	static const char expected[] =
	    "# HELP outbox_store_batch_jobs Requests to write that shared one transaction.\n"
	    "# TYPE outbox_store_batch_jobs histogram\n"
	    "outbox_store_batch_jobs_bucket{le=\"1\"} 2\n"
	    "outbox_store_batch_jobs_bucket{le=\"2\"} 3\n"
	    "outbox_store_batch_jobs_bucket{le=\"4\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"8\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"16\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"32\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"64\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"128\"} 4\n"
	    "outbox_store_batch_jobs_bucket{le=\"256\"} 5\n"
	    "outbox_store_batch_jobs_bucket{le=\"+Inf\"} 6\n"
	    "outbox_store_batch_jobs_sum 520\n"
	    "outbox_store_batch_jobs_count 6\n";
	struct metrics *m = new_table();
	struct metric_list l = {0};
	struct buf out = {0};

	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 0);
	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 1);
	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 2);
	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 4);
	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 256);
	metrics_observe(m, METRIC_BATCH_JOBS, METRIC_NO_LABELS, 257);
	metric_list_read(&l, m);
	metrics_text(&l, &out);
	CU_ASSERT_EQUAL(strncmp(buf_terminate(&out), expected, strlen(expected)), 0);
	buf_free(&out);
	metric_list_free(&l);
	metrics_close(&m);
}

/* The reader of these tests can say no. */
static void
the_tests_reader_forgives_nothing(void)
{
	static const char *const bad[] = {
	    "x 1\n",
	    "# HELP x y\nx 1\n",
	    "# TYPE x counter\nx 1\n",
	    "# HELP x y\n# TYPE x counter\nx 1",
	    "# HELP x y\n# TYPE x counter\nx -1\n",
	    "# HELP x y\n# TYPE x counter\ny 1\n",
	    "# HELP x y\n# TYPE x counter\nx  1\n",
	    "# HELP x y\n# TYPE x counter\nx 1\nx 1\n",
	    "# HELP x y\n# TYPE x counter\nx{a=\"b} 1\n",
	    "# HELP x y\n# TYPE x counter\nx{a=\"\\x\"} 1\n",
	    "# HELP x y\n# TYPE x counter\nx{1=\"\"} 1\n",
	    "# HELP x y\n# TYPE x fraction\nx 1\n",
	    "# HELP x y\n# TYPE x gauge\nx 1\n# HELP x y\n# TYPE x gauge\nx{a=\"b\"} 1\n",
	    "# HELP x y\n# TYPE x histogram\nx 1\n",
	    "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n",
	    "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\n",
	    "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 2\n",
	    "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"2\"} 1\nx_bucket{le=\"1\"} 1\n",
	};
	struct err e = {0};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(exposition_check(str_of(bad[i]), &e));
	e = (struct err){0};
	CU_ASSERT_TRUE(
	    exposition_check(STR("# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\n"
				 "x_bucket{le=\"+Inf\"} 2\nx_sum 1.5\nx_count 2\n"),
		&e));
}

/* --- for people --- */

static void
quantiles_lie_between_the_bounds_of_their_bucket(void)
{
	struct metrics *m = new_table();
	struct metric_list l = {0};
	int64_t cells[METRIC_CELLS];

	metric_sum(&l, METRIC_REQUEST_TIME, 0, NULL, cells);
	CU_ASSERT_EQUAL(metric_quantile(METRIC_REQUEST_TIME, cells, 0.5), 0);
	for (int i = 0; i < 98; i++)
		metrics_observe(m, METRIC_REQUEST_TIME, METRIC_LABELS("/api"), 700);
	metrics_observe(m, METRIC_REQUEST_TIME, METRIC_LABELS("/jmap"), 3000000);
	metrics_observe(m, METRIC_REQUEST_TIME, METRIC_LABELS("/jmap"), INT64_C(3000000000));
	metric_list_read(&l, m);
	metric_sum(&l, METRIC_REQUEST_TIME, 0, NULL, cells);
	CU_ASSERT_EQUAL(metric_count(METRIC_REQUEST_TIME, cells), 100);
	CU_ASSERT(metric_quantile(METRIC_REQUEST_TIME, cells, 0.5) > 500);
	CU_ASSERT(metric_quantile(METRIC_REQUEST_TIME, cells, 0.5) <= 1000);
	CU_ASSERT(metric_quantile(METRIC_REQUEST_TIME, cells, 0.99) > 2500000);
	CU_ASSERT(metric_quantile(METRIC_REQUEST_TIME, cells, 0.99) <= 5000000);
	CU_ASSERT_EQUAL(metric_quantile(METRIC_REQUEST_TIME, cells, 1), 30000000);
	metric_list_free(&l);
	metrics_close(&m);
}

const CU_TestInfo metrics_tests[] = {
    {"families are well named", families_are_well_named},
    {"the documentation and the alerts name families that there are",
	the_documentation_and_the_alerts_name_families_that_there_are},
    {"each series counts by itself", each_series_counts_by_itself},
    {"where there is no table nothing is counted", where_there_is_no_table_nothing_is_counted},
    {"processes count together", processes_count_together},
    {"threads count together", threads_count_together},
    {"a place that was never taken is passed over",
	a_place_that_was_never_taken_is_passed_over},
    {"a series that has two places is one", a_series_that_has_two_places_is_one},
    {"what finds no place is lost and counted", what_finds_no_place_is_lost_and_counted},
    {"another version's table is refused", another_versions_table_is_refused},
    {"nonsense in the table is not believed", nonsense_in_the_table_is_not_believed},
    {"a list is sent and read back", a_list_is_sent_and_read_back},
    {"the text is what Prometheus reads", the_text_is_what_prometheus_reads},
    {"a histogram is cumulative", a_histogram_is_cumulative},
    {"the tests' reader forgives nothing", the_tests_reader_forgives_nothing},
    {"quantiles lie between the bounds of their bucket",
	quantiles_lie_between_the_bounds_of_their_bucket},
    CU_TEST_INFO_NULL,
};
