/* fcgi/main.c -- outbox-worker: serves FastCGI requests on the listening socket that is its
 * standard input. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/signals.h"
#include "config/version.h"
#include "fcgi/loop.h"
#include "login/login.h"

#define EXIT_USAGE 2
#define LISTEN_FD STDIN_FILENO
#define OTHER_FDS 32               /* descriptors besides the connections */
#define MMAP_THRESHOLD (128 << 10) /* bytes: larger blocks are unmapped when they are freed */
#define TRIM_THRESHOLD (1 << 20)   /* bytes that may stay free at the end of the heap */

static volatile sig_atomic_t stopping;

static void
on_term(int signal)
{
	(void)signal;
	stopping = 1;
}

/* Blocks the stop signals first, so that an early SIGTERM stays pending until the loop runs. */
static bool
start_libraries(void)
{
	static const int stop[] = {SIGTERM, SIGINT, SIGQUIT};
	struct sigaction term = {.sa_handler = on_term};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof stop / sizeof stop[0]; i++)
		sigaddset(&blocked, stop[i]);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	if (sodium_init() < 0)
		return false;
	for (size_t i = 0; i < sizeof stop / sizeof stop[0]; i++)
		sigaction(stop[i], &term, NULL);
	signals_ignore_useless();
	signal(SIGHUP, SIG_IGN); /* a reload starts new processes */
	return true;
}

/* A failure does little harm: without enough descriptors, a web server only waits for a
 * connection. */
static void
raise_descriptor_limit(const struct config *c)
{
	struct rlimit files;
	rlim_t wanted = (rlim_t)c->worker_connections + OTHER_FDS;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
		return;
	files.rlim_cur = wanted < files.rlim_max ? wanted : files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t len = sizeof on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

/* If this fails, the worker serves without shared metrics. */
static void
begin_metrics(struct worker *w, int fd)
{
	struct err e = {0};

	if (!metrics_open(&w->http.jmap.metrics, fd > 0 ? fd : -1, &e))
		log_line(&w->log, LOG_LEVEL_WARN, "metrics", "why=%s",
		    log_quote(str_of(e.text)).text);
	if (fd > 0)
		close(fd);
}

/* If this fails, the worker serves without the table of poisonous requests. */
static void
begin_poison(struct worker *w, int fd)
{
	struct err e = {0};

	if (fd <= 0)
		return;
	if (!poison_open(&w->poison, fd, &e))
		log_line(&w->log, LOG_LEVEL_WARN, "poison", "why=%s",
		    log_quote(str_of(e.text)).text);
	close(fd);
}

/* ready_fd 0: nobody waits for the heartbeat. */
static bool
run(struct worker *w, int ready_fd, struct err *e)
{
	char *socket = config_store_socket(&w->config);
	char *slots = config_login_lock(&w->config);
	bool ok = false;

	if (!is_listening(LISTEN_FD)) {
		err_set(e, ERR_SERVER_FAIL,
		    "standard input is not a listening socket; outboxd starts workers");
		goto out;
	}
	if (!start_libraries()) {
		err_set(e, ERR_SERVER_FAIL, "cannot initialise libsodium");
		goto out;
	}
	store_open(&w->http.jmap.store, socket, (unsigned)w->config.store_timeout_ms);
	auth_open(&w->http.auth, w->http.jmap.store, socket, &w->clock);
	login_open(&w->http.login,
	    &(struct login_options){.store = w->http.jmap.store,
		.redirects = w->config.redirect_uris,
		.slots_path = slots,
		.slots = config_login_slots(&w->config)});
	raise_descriptor_limit(&w->config);
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot give up privileges: %s", strerror(errno));
		goto out;
	}
	/* The first heartbeat tells outboxd that the worker is ready. */
	if (heartbeat_start(
		&w->heartbeat, ready_fd > 0 ? ready_fd : -1, w->config.worker_timeout_s, e))
		ok = loop_run(w, LISTEN_FD, &stopping, e);
out:
	heartbeat_stop(&w->heartbeat);
	login_close(&w->http.login);
	auth_close(&w->http.auth);
	store_close(&w->http.jmap.store);
	schema_free(&w->http.schema);
	buf_free(&w->received);
	buf_free(&w->told);
	buf_free(&w->head);
	free(slots);
	free(socket);
	return ok;
}

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"ready-fd", required_argument, NULL, 'r'},
    {"metrics-fd", required_argument, NULL, 'm'},
    {"poison-fd", required_argument, NULL, 'p'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static const char usage[] =
    "usage: outbox-worker [--config FILE] [--ready-fd N] [--metrics-fd N] "
    "[--poison-fd N] [--help] [--version]\n"
    "Serves FastCGI on the listening socket that is its standard input; outboxd starts it.\n"
    "  --config FILE  default: " CONFIG_DEFAULT_PATH "\n"
    "  --ready-fd N   write a byte to descriptor N when ready, then one every second\n"
    "  --metrics-fd N descriptor of the table of metrics that all processes share\n"
    "  --poison-fd N  descriptor of the table of requests that ended a worker\n"
    "  -h, --help     show this text\n"
    "  -V, --version  show the version\n"
    "SIGTERM, SIGINT and SIGQUIT stop it once its requests are answered.\n";

static int
wrong_usage(void)
{
	fputs(usage, stderr);
	return EXIT_USAGE;
}

/* The strings are borrowed from the configuration. */
static struct report_settings
report_settings(const struct config *c)
{
	return (struct report_settings){
	    .format = strcmp(c->report_format, "7489") == 0 ? REPORT_7489 : REPORT_9990,
	    .organization = c->report_organization,
	    .contact = c->report_contact,
	    .from = c->deliver_from,
	};
}

int
main(int argc, char **argv)
{
	struct worker w = {.log = {.program = "outbox-worker", .level = LOG_LEVEL_INFO}};
	const char *config = CONFIG_DEFAULT_PATH;
	uint64_t ready_fd = 0, metrics_fd = 0, poison_fd = 0; /* 0: there is none */
	struct err e = {0};
	int o;

	while ((o = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			config = optarg;
			break;
		case 'r':
			if (!str_to_u64(str_of(optarg), INT_MAX, &ready_fd))
				return wrong_usage();
			break;
		case 'm':
			if (!str_to_u64(str_of(optarg), INT_MAX, &metrics_fd))
				return wrong_usage();
			break;
		case 'p':
			if (!str_to_u64(str_of(optarg), INT_MAX, &poison_fd))
				return wrong_usage();
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("outbox-worker " OUTBOX_VERSION);
			return EXIT_SUCCESS;
		default:
			return wrong_usage();
		}
	}
	if (optind < argc)
		return wrong_usage();
	if (config_read(&w.config, config, &e)) {
		w.log.level = w.config.log_level;
		w.http.jmap.clock = &w.clock;
		w.http.jmap.limits = &w.config.limits;
		w.http.public_url = w.config.public_url;
		w.http.server_names = w.config.server_names;
		w.http.report = report_settings(&w.config);
		w.http.trusted_proxies = w.config.trusted_proxies;
		w.http.metrics_for_loopback = w.config.metrics_for_loopback;
		begin_metrics(&w, (int)metrics_fd);
		begin_poison(&w, (int)poison_fd);
		run(&w, (int)ready_fd, &e);
		metrics_close(&w.http.jmap.metrics);
		poison_close(&w.poison);
		config_free(&w.config);
	}
	if (e.code == ERR_NONE)
		return EXIT_SUCCESS;
	log_line(&w.log, LOG_LEVEL_ERROR, "stopped", "why=%s", log_quote(str_of(e.text)).text);
	return EXIT_FAILURE;
}
