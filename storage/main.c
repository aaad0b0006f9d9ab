/* storage/main.c -- outbox-store: keeps the records, and answers workers and outboxctl over a
 * unix socket.
 *
 *   outbox-store [--config FILE] [--dir DATA] [--listen PATH] [--ready-fd N]
 *                [--metrics-fd N]
 *
 * Without --listen its socket is descriptor 0, opened by outboxd.  --dir is the data folder, in
 * place of the configuration's.  A store that cannot serve answers each request with the reason
 * for a while, and ends.  As a tool: storage/tools.h. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/signals.h"
#include "config/config.h"
#include "config/version.h"
#include "storage/archive/sweep.h"
#include "storage/maintain.h"
#include "storage/serve/server.h"
#include "storage/tools.h"

#define LISTEN_BACKLOG 512
#define LOCK_WAIT_MS 10000 /* a predecessor may need so long to close */
#define TOOL_LOCK_WAIT_MS 2000
#define HEARTBEAT_MS 1000
#define STUCK_US INT64_C(60000000) /* a batch that takes longer will not end */
/* A checkpoint writes the whole cache: on a disk that is held to a few MB a second that takes
 * minutes, holds nobody up, and would be begun from the start after a kill. */
#define CHECKPOINT_STUCK_US (10 * STUCK_US)
#define ANSWER_STUCK_US (5 * STUCK_US) /* nor will an answer, of whatever length */
#define FILES_BESIDE_CONNECTIONS 200   /* databases and logs */
#define ACCEPT_PAUSE_NS 50000000       /* after a failure that passes: too many open files */
#define MAPPED_BYTES (1 << 20)         /* memory of this size goes back when it is freed */
#define KEPT_BYTES (4 << 20)           /* free memory that a thread's next query finds again */
#define REFUSE_US                                                                              \
	INT64_C(12000000) /* how long the reason is told: outboxd then does not wait */
#define REFUSE_PASSING_US INT64_C(3000000) /* the same for what may pass by itself */
#define SECONDS_A_DAY INT64_C(86400)
#define SECONDS_AN_HOUR INT64_C(3600)

struct options {
	const char *config, *dir, *listen;
	int ready_fd;      /* -1: nobody watches */
	int metrics_fd;    /* -1: there is no shared table */
	uint64_t cache_mb; /* of a tool; 0: the configuration's */
	struct tool_request tool;
	enum { SHOWS_NOTHING, SHOWS_USAGE, SHOWS_VERSION } shows; /* and ends */
};

static const char usage[] =
    "usage: outbox-store [--config FILE] [--dir DATA] [--listen PATH] [--ready-fd N] "
    "[--metrics-fd N]\n"
    "       outbox-store [--config FILE] [--dir DATA] --restore DIR | --accept-loss | --check\n"
    "       outbox-store --verify DIR [--logs DIR] [--cache-mb N]\n"
    "       outbox-store --help | --version\n"
    "Keeps the records, and answers workers and outboxctl over a unix socket. outboxd starts "
    "it.\n"
    "  --config FILE   default: " CONFIG_DEFAULT_PATH "\n"
    "  --dir DATA      the data folder, in place of the configuration's data_dir\n"
    "  --listen PATH   the socket; without it standard input is a listening socket\n"
    "  --ready-fd N    where to write a byte once it serves, and one each second from then on\n"
    "  --metrics-fd N  the table of metrics that all processes count in\n"
    "As a tool, while no store serves (outboxctl restore and verify run these):\n"
    "  --restore DIR   put the backup in DIR in the place of the store\n"
    "  --accept-loss   go on with what can still be read of a damaged store\n"
    "  --check         read everything in the store, and say whether it is sound\n"
    "  --verify DIR    the same of the backup in DIR; --logs: with the log files in that "
    "folder\n"
    "  --cache-mb N    size of the cache in MiB, in place of the configuration's\n"
    "SIGTERM, SIGINT and SIGQUIT stop it once its requests are answered.\n";

struct process {
	struct config config;
	struct log log;
	struct clock clock;
	struct metrics *metrics;
	int listen_fd, signal_fd, ready_fd;
	struct home home;
	struct env env;
	struct writer *writer;
	struct maintenance *maintenance;
	struct chores *chores;
	struct sweep *sweep;
	struct token_uses *uses;
	struct generation *generation;
	struct server *server;
};

static bool
options_read(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"dir", required_argument, NULL, 'd'},
	    {"listen", required_argument, NULL, 'l'},
	    {"ready-fd", required_argument, NULL, 'r'},
	    {"metrics-fd", required_argument, NULL, 'm'},
	    {"verify", required_argument, NULL, 'V'},
	    {"logs", required_argument, NULL, 'L'},
	    {"cache-mb", required_argument, NULL, 'M'},
	    {"restore", required_argument, NULL, 'R'},
	    {"accept-loss", no_argument, NULL, 'A'},
	    {"check", no_argument, NULL, 'C'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	uint64_t fd;
	int c;

	*o = (struct options){.ready_fd = -1, .metrics_fd = -1};
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1)
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'd':
			o->dir = optarg;
			break;
		case 'l':
			o->listen = optarg;
			break;
		case 'r':
			if (!str_to_u64(str_of(optarg), 1 << 20, &fd))
				return false;
			o->ready_fd = (int)fd;
			break;
		case 'm':
			if (!str_to_u64(str_of(optarg), 1 << 20, &fd))
				return false;
			o->metrics_fd = (int)fd;
			break;
		case 'V':
			o->tool.tool = TOOL_VERIFY;
			o->tool.dir = optarg;
			break;
		case 'L':
			o->tool.logs = optarg;
			break;
		case 'M':
			if (!str_to_u64(str_of(optarg), CACHE_MB_MAX, &o->cache_mb))
				return false;
			break;
		case 'R':
			o->tool.tool = TOOL_RESTORE;
			o->tool.dir = optarg;
			break;
		case 'A':
			o->tool.tool = TOOL_ACCEPT_LOSS;
			break;
		case 'C':
			o->tool.tool = TOOL_CHECK;
			break;
		case 'h':
			o->shows = SHOWS_USAGE;
			break;
		case 'v':
			o->shows = SHOWS_VERSION;
			break;
		default:
			return false;
		}
	return optind == argc && (o->tool.logs == NULL || o->tool.tool == TOOL_VERIFY);
}

/* The parent counts on nobody outliving it: what it starts next would wait for our lock. */
static bool
follow_parent(struct err *e)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		return err_set(e, ERR_SERVER_FAIL, "the parent is gone");
	return true;
}

/* Signals come through a descriptor, to the main thread's poll(); all threads inherit the mask.
 */
static bool
signals_open(struct process *p, struct err *e)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGQUIT);
	signals_ignore_useless();
	signal(SIGHUP, SIG_IGN); /* a reload is a new process */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	p->signal_fd = signalfd(-1, &stop, SFD_CLOEXEC);
	return p->signal_fd >= 0 ||
	    err_set(e, ERR_SERVER_FAIL, "cannot watch for signals: %s", strerror(errno));
}

/* As many connections as the configuration allows, if the system lets us. */
static void
files_allow(const struct config *c)
{
	struct rlimit files;
	rlim_t wanted = (rlim_t)c->store_connections + FILES_BESIDE_CONNECTIONS;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
		return;
	files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
	setrlimit(RLIMIT_NOFILE, &files);
}

static bool
socket_open(struct process *p, const char *path, struct err *e)
{
	struct buf address = {0};

	if (path == NULL) {
		p->listen_fd = STDIN_FILENO;
		fcntl(STDIN_FILENO, F_SETFD, FD_CLOEXEC);
	} else {
		buf_printf(&address, "unix:%s", path);
		p->listen_fd = io_listen(buf_terminate(&address), LISTEN_BACKLOG, 0600, e);
		buf_free(&address);
	}
	if (p->listen_fd < 0)
		return false;
	/* A client that gives up between poll() and accept() must not hold us. */
	if (fcntl(p->listen_fd, F_SETFL, O_NONBLOCK) != 0)
		return err_set(
		    e, ERR_SERVER_FAIL, "cannot use the socket: %s", strerror(errno));
	return true;
}

/* Beside the path that the socket is bound to, whoever opened it. */
static bool
generation_beside_socket(struct process *p, struct err *e)
{
	struct sockaddr_un a = {0};
	socklen_t len = sizeof a - 1; /* the path ends in a NUL all the same */

	if (getsockname(p->listen_fd, (struct sockaddr *)&a, &len) != 0 ||
	    a.sun_family != AF_UNIX || a.sun_path[0] == '\0')
		return err_set(e, ERR_SERVER_FAIL, "descriptor 0 is not a unix socket");
	return generation_create(&p->generation, a.sun_path, e);
}

/* Without it the store serves all the same. */
static void
metrics_begin(struct process *p, int fd)
{
	struct err e = {0};

	if (!metrics_open(&p->metrics, fd, &e))
		log_line(&p->log, LOG_LEVEL_WARN, "metrics", "error=%s",
		    log_quote(str_of(e.text)).text);
	io_close(&fd);
}

static void
tell_opened(struct process *p, int64_t took_us)
{
	log_line(&p->log, LOG_LEVEL_INFO, "open", "dir=%s ms=%lld",
	    log_quote(str_of(p->home.dir.text)).text, (long long)took_us / 1000);
	metrics_set(p->metrics, METRIC_STORE_OPENING, METRIC_NO_LABELS, took_us);
	metrics_set(
	    p->metrics, METRIC_STORE_START_TIME, METRIC_NO_LABELS, clock_now_s(&p->clock));
}

static struct home_options
home_options(const struct process *p, const char *dir)
{
	const struct config *c = &p->config;

	return (struct home_options){.metrics = p->metrics,
	    .dir = dir != NULL ? dir : c->data_dir,
	    .archive_dir = c->archive_dir[0] != '\0' ? c->archive_dir : NULL,
	    .cache_mb = (unsigned)c->store_cache_mb,
	    .lock_wait_ms = LOCK_WAIT_MS,
	    .reserve_bytes = (uint64_t)c->reserve_mb << 20,
	    .ballast_bytes = (uint64_t)c->ballast_mb << 20};
}

static bool
environment_begin(struct process *p, struct err *e)
{
	int64_t began_us = clock_monotonic_us();

	if (!home_open(&p->home, &p->env, e))
		return false;
	tell_opened(p, clock_monotonic_us() - began_us);
	return true;
}

static bool
threads_begin(struct process *p, struct err *e)
{
	struct maintain_options m;

	struct chore_schedule schedule = {
	    .backup_every_s = p->config.backup_every_h * SECONDS_AN_HOUR,
	    .backup_after_bytes = (uint64_t)p->config.backup_after_mb << 20};
	struct service service;

	token_uses_open(&p->uses);
	m = (struct maintain_options){
	    .keep_changes_s = p->config.keep_changes_days * SECONDS_A_DAY,
	    .ballast_bytes = p->home.options.ballast_bytes,
	    .uses = p->uses};
	if (!writer_start(&p->writer, &p->env, e) ||
	    !maintenance_start(&p->maintenance, &p->env, p->writer, &m, e) ||
	    !chores_start(&p->chores, &schedule, &p->env, p->writer, e) ||
	    !sweep_start(&p->sweep, &p->env, e))
		return false;
	service = (struct service){.env = &p->env,
	    .writer = p->writer,
	    .generation = p->generation,
	    .chores = p->chores,
	    .uses = p->uses};
	server_start(&p->server, &service, (size_t)p->config.store_connections);
	return true;
}

static void
accept_one(struct process *p)
{
	const struct timespec pause = {.tv_nsec = ACCEPT_PAUSE_NS};
	int fd = accept4(p->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		server_connection(p->server, fd);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		log_line(&p->log, LOG_LEVEL_WARN, "accept", "error=%s",
		    log_quote(str_of(strerror(errno))).text);
		nanosleep(&pause, NULL);
	}
}

static bool
is_stuck(const struct process *p)
{
	return (p->writer != NULL && writer_busy_us(p->writer) >= STUCK_US) ||
	    (p->maintenance != NULL &&
		maintenance_busy_us(p->maintenance) >= CHECKPOINT_STUCK_US) ||
	    server_busy_us(p->server) >= ANSWER_STUCK_US;
}

/* A byte says that the store serves; its absence, that it is stuck and had better be killed.
 * False if nobody is there to read it. */
static bool
heartbeat(const struct process *p)
{
	if (p->ready_fd < 0 || is_stuck(p))
		return true;
	return write(p->ready_fd, "", 1) == 1 || errno != EPIPE;
}

/* Until a signal comes, the parent is gone, or it is until_us. */
static void
serve_until_stopped(struct process *p, int64_t until_us)
{
	struct pollfd fds[] = {
	    {.fd = p->signal_fd, .events = POLLIN}, {.fd = p->listen_fd, .events = POLLIN}};
	int64_t beat_us = 0;

	while (!(fds[0].revents & POLLIN) && clock_monotonic_us() < until_us) {
		if (clock_monotonic_us() >= beat_us) {
			beat_us = clock_monotonic_us() + HEARTBEAT_MS * INT64_C(1000);
			if (!heartbeat(p))
				break;
		}
		if (fds[1].revents != 0)
			accept_one(p);
		if (poll(fds, sizeof fds / sizeof fds[0], HEARTBEAT_MS) < 0)
			fds[0].revents = fds[1].revents = 0; /* EINTR */
	}
}

/* Without the lock, so that a tool can put things right. */
static _Noreturn void
refuse(struct process *p, const struct options *o, const struct err *why)
{
	bool passes = why->code == ERR_SERVER_UNAVAILABLE;
	struct err e = {0};

	log_line(
	    &p->log, LOG_LEVEL_ERROR, "refusing", "why=%s", log_quote(str_of(why->text)).text);
	home_unlock(&p->home);
	p->env = (struct env){.log = &p->log, .lock_fd = -1, .dir_fd = -1};
	if (socket_open(p, o->listen, &e)) {
		server_refuse(
		    &p->server, &p->env, why->text, (size_t)p->config.store_connections);
		serve_until_stopped(
		    p, clock_monotonic_us() + (passes ? REFUSE_PASSING_US : REFUSE_US));
	}
	_exit(passes ? EX_TEMPFAIL : EX_CONFIG);
}

static bool
store_end(struct process *p, struct err *e)
{
	sweep_stop(&p->sweep);
	maintenance_stop(&p->maintenance);
	if (!server_stop(&p->server)) /* its threads still use all the rest; recovery will do */
		return err_set(e, ERR_SERVER_FAIL, "connections do not end");
	chores_stop(&p->chores);
	writer_stop(&p->writer);
	token_uses_close(&p->uses);
	env_close(&p->env);
	home_unlock(&p->home);
	generation_close(&p->generation);
	return true;
}

int
main(int argc, char **argv)
{
	static struct process p = {.log = {.program = "outbox-store", .level = LOG_LEVEL_INFO},
	    .listen_fd = -1,
	    .signal_fd = -1,
	    .home = {.lock_fd = -1},
	    .env = {.lock_fd = -1, .dir_fd = -1}};
	struct home_options home;
	struct options o;
	struct err e = {0};

	if (!options_read(&o, argc, argv)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (o.shows != SHOWS_NOTHING) {
		fputs(o.shows == SHOWS_USAGE ? usage : "outbox-store " OUTBOX_VERSION "\n",
		    stdout);
		return EX_OK;
	}
	mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	p.ready_fd = o.ready_fd;
	if (p.ready_fd >= 0)
		fcntl(p.ready_fd, F_SETFD, FD_CLOEXEC); /* a trial is no child to hear of */
	/* Nobody who reads what a tool prints, or an answer, is to end us by going away. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, nobody learns how a trial ended */
	if (!config_read(&p.config, o.config, &e))
		goto fail;
	p.log.level = p.config.log_level;
	files_allow(&p.config);
	metrics_begin(&p, o.metrics_fd);
	home = home_options(&p, o.dir);
	if (o.tool.tool != TOOL_NONE) {
		home.lock_wait_ms = TOOL_LOCK_WAIT_MS;
		if (o.cache_mb > 0)
			home.cache_mb = (unsigned)o.cache_mb;
		o.tool.home = &home;
		return tool_run(&o.tool, &p.log);
	}
	/* The socket comes after the lock: a second store would take it away from the first. */
	if ((o.ready_fd >= 0 && !follow_parent(&e)) || !signals_open(&p, &e) ||
	    !home_lock(&p.home, &home, &p.clock, &p.log, &e))
		goto fail;
	if (!environment_begin(&p, &e))
		refuse(&p, &o, &e);
	if (!socket_open(&p, o.listen, &e) || !generation_beside_socket(&p, &e) ||
	    !threads_begin(&p, &e))
		goto fail;
	serve_until_stopped(&p, INT64_MAX);
	log_line(&p.log, LOG_LEVEL_INFO, "stop", "%s", "");
	if (!store_end(&p, &e))
		goto fail;
	io_close(&p.listen_fd);
	io_close(&p.signal_fd);
	metrics_close(&p.metrics);
	config_free(&p.config);
	return EX_OK;
fail:
	log_line(&p.log, LOG_LEVEL_ERROR, "end", "error=%s", log_quote(str_of(e.text)).text);
	_exit(EX_SOFTWARE); /* without the destructors of what other threads may still use */
}
