/* tests/front.c -- a web server in front of an outbox: nginx or Apache. */
#include "tests/front.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define CONFIG_MAX 65536    /* bytes of a configuration file */
#define LOG_MAX (16u << 20) /* bytes of one log */
#define STOP_WAIT_S 20
#define ARGS_MAX 10

/* A word of a configuration file or command line, and what stands for it. */
struct word {
	const char *name, *value;
};

static const struct server {
	const char *folders[4]; /* of the project, copied with their files */
	const char *config;     /* the file to start with */
	const char *existing;   /* the same, of a site that is more than the outbox */
	const char *as;
	const char *user; /* when run by root, who must reach sockets and files */
	const char *unix_outbox, *tcp_outbox;
	const char *argv[ARGS_MAX];
	const char *logs[4];
	int stop_signal;
} servers[] = {
    [FRONT_NGINX] =
	{
	    .folders = {"nginx"},
	    .config = "nginx/loopback.conf",
	    .existing = "tests/existing/nginx.conf",
	    .as = "nginx.conf",
	    .user = "user root;",
	    .unix_outbox = "unix:@PATH@",
	    .tcp_outbox = "@PATH@",
	    .argv = {"/usr/sbin/nginx", "-p", "@DIR@/", "-c", "@DIR@/nginx.conf", "-e",
		"nginx.error.log", "-g", "daemon off;"},
	    .logs = {"output.log", "nginx.error.log", "nginx.access.log"},
	    .stop_signal = SIGQUIT,
	},
    [FRONT_APACHE] =
	{
	    .folders = {"apache", "apache/errors"},
	    .config = "apache/loopback.conf",
	    .existing = "tests/existing/apache.conf",
	    .as = "apache.conf",
	    .user = "User nobody\nGroup nogroup",
	    .unix_outbox = "unix:@PATH@|fcgi://report-outbox",
	    .tcp_outbox = "fcgi://@PATH@",
	    .argv = {"/usr/sbin/apache2", "-f", "@DIR@/apache.conf", "-DFOREGROUND"},
	    .logs = {"output.log", "apache.error.log", "apache.access.log"},
	    .stop_signal = SIGTERM,
	},
};

static void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "tests/front: %s: %s\n", what, why);
	exit(1);
}

void
front_reserve(const char *address, char listen[static 32], int *fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof a;
	int on = 1;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || inet_pton(AF_INET, address, &a.sin_addr) != 1 ||
	    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(*fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    getsockname(*fd, (struct sockaddr *)&a, &len) < 0)
		give_up(address, "no free port");
	snprintf(listen, 32, "%s:%u", address, ntohs(a.sin_port));
}

/* Appends text with each word replaced by what stands for it; words end with {0}. */
static void
fill(struct str text, const struct word *words, struct buf *out)
{
	size_t at = 0;

	while (at < text.len) {
		const struct word *w = words;

		while (w->name != NULL && strncmp(text.s + at, w->name, strlen(w->name)) != 0)
			w++;
		if (w->name == NULL) {
			buf_putc(out, text.s[at++]);
			continue;
		}
		buf_puts(out, w->value);
		at += strlen(w->name);
	}
}

/* A file of the project, with its words filled in. */
static void
copy_file(const char *from, const char *to, const struct word *words)
{
	struct buf text = {0}, out = {0};
	struct err e = {0};

	if (!io_read_file(from, CONFIG_MAX, &text, &e))
		give_up(from, e.text);
	buf_terminate(&text);
	fill(buf_str(&text), words, &out);
	if (!io_write_file(to, buf_str(&out), 0644, &e))
		give_up(to, e.text);
	buf_free(&text);
	buf_free(&out);
}

static void
make_folder(const char *path)
{
	if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
		give_up(path, "cannot be made");
}

/* A folder of the project, without the folders in it, as dir/as: as if it were installed in
 * dir. */
static void
copy_folder(const char *name, const char *dir, const char *as)
{
	/* A web server looks for files without a path in dir, whose own path may hold a blank.
	 */
	const struct word words[] = {{"/usr/local/share/report-outbox/", ""}, {0}};
	char to[PATH_MAX];
	DIR *folder = opendir(name);
	const struct dirent *d;

	if (folder == NULL)
		give_up(name, "is not there");
	snprintf(to, sizeof to, "%s/%s", dir, as);
	make_folder(to);
	while ((d = readdir(folder)) != NULL) {
		char file[PATH_MAX], copy[PATH_MAX];

		if (d->d_type != DT_REG)
			continue;
		snprintf(file, sizeof file, "%s/%s", name, d->d_name);
		snprintf(copy, sizeof copy, "%s/%s/%s", dir, as, d->d_name);
		copy_file(file, copy, words);
	}
	closedir(folder);
}

/* What stands for the built files of the WebUI. */
static void
copy_webui(const char *dir)
{
	char www[PATH_MAX];

	snprintf(www, sizeof www, "%s/www", dir);
	make_folder(www);
	copy_folder("tests/webui", www, "admin");
	copy_folder("tests/webui/assets", www, "admin/assets");
}

static void
write_config(const struct front *f, const char *config, const char *outbox)
{
	const struct server *s = &servers[f->kind];
	struct str path = str_of(outbox);
	struct word words[] = {
	    {"@DIR@", f->dir},
	    {"@LISTEN@", f->listen},
	    {"@USER@", geteuid() == 0 ? s->user : ""},
	    {"@OUTBOX@", str_cut_prefix(&path, "unix:") ? s->unix_outbox : s->tcp_outbox},
	    {0},
	};
	const struct word target[] = {{"@PATH@", path.s}, {0}};
	struct buf member = {0};
	char as[PATH_MAX];

	fill(str_of(words[3].value), target, &member);
	words[3].value = buf_terminate(&member);
	for (size_t i = 0; s->folders[i] != NULL; i++)
		copy_folder(s->folders[i], f->dir, s->folders[i]);
	snprintf(as, sizeof as, "%s/%s", f->dir, s->as);
	copy_file(config, as, words);
	buf_free(&member);
}

static void
spawn(struct front *f)
{
	const struct server *s = &servers[f->kind];
	const struct word words[] = {{"@DIR@", f->dir}, {0}};
	struct buf args[ARGS_MAX] = {0};
	const char *argv[ARGS_MAX + 1] = {0};
	char log[PATH_MAX];

	for (size_t i = 0; i < ARGS_MAX && s->argv[i] != NULL; i++) {
		fill(str_of(s->argv[i]), words, &args[i]);
		argv[i] = buf_terminate(&args[i]);
	}
	snprintf(log, sizeof log, "%s/output.log", f->dir);
	f->pid = scratch_spawn(argv, log);
	for (size_t i = 0; i < ARGS_MAX; i++)
		buf_free(&args[i]);
}

static void
start(struct front *f, const char *config, const char *address, const char *outbox)
{
	front_reserve(address, f->listen, &f->reserved_fd);
	write_config(f, config, outbox);
	spawn(f);
}

/* Without a socket yet. */
static void
make(struct front *f, enum front_kind kind, const char *dir)
{
	*f = (struct front){.kind = kind, .reserved_fd = -1};
	snprintf(f->dir, sizeof f->dir, "%s", dir);
	make_folder(f->dir);
}

void
front_start(struct front *f, enum front_kind kind, const char *address, const char *dir,
    const char *outbox)
{
	make(f, kind, dir);
	copy_webui(f->dir);
	start(f, servers[kind].config, address, outbox);
}

void
front_start_existing(struct front *f, enum front_kind kind, const char *address,
    const char *dir, const char *outbox)
{
	make(f, kind, dir);
	copy_folder("tests/existing/www", f->dir, "site");
	copy_folder("tests/existing/www/files", f->dir, "site/files");
	start(f, servers[kind].existing, address, outbox);
}

bool
front_runs(const struct front *f)
{
	return waitpid(f->pid, NULL, WNOHANG) == 0;
}

bool
front_stop(struct front *f)
{
	int status = scratch_end(f->pid, servers[f->kind].stop_signal, STOP_WAIT_S);

	io_close(&f->reserved_fd);
	return status == 0;
}

void
front_logs(const struct front *f, struct buf *out)
{
	for (const char *const *log = servers[f->kind].logs; *log != NULL; log++) {
		char path[PATH_MAX];
		struct err e = {0};

		snprintf(path, sizeof path, "%s/%s", f->dir, *log);
		buf_printf(out, "%s:\n", path);
		if (!io_read_file(path, LOG_MAX, out, &e))
			buf_printf(out, "%s\n", e.text);
	}
}
