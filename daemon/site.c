/* daemon/site.c -- what outboxd keeps open for its children. */
#include "daemon/site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "daemon/pidfile.h"

#define BACKLOG 1024

static bool
load(const char *path, struct config *c, int *fd, struct err *e)
{
	struct buf text = {0};
	bool ok = false;

	if (!config_read_text(path, &text, e) || !config_parse(c, path, buf_str(&text), e))
		goto out;
	*fd = memfd_create("outbox.conf", MFD_CLOEXEC);
	if (*fd < 0 || !io_write_full(*fd, text.s, text.len)) {
		err_set(
		    e, ERR_SERVER_FAIL, "cannot keep %s in memory: %s", path, strerror(errno));
		io_close(fd);
		config_free(c);
		goto out;
	}
	ok = true;
out:
	buf_free(&text);
	return ok;
}

/* A reload cannot change these: the sockets and the environment are open. */
static bool
check_same_places(const struct config *a, const struct config *b, struct err *e)
{
	if (strcmp(a->data_dir, b->data_dir) == 0 && strcmp(a->run_dir, b->run_dir) == 0 &&
	    strcmp(a->listen, b->listen) == 0 && a->listen_mode == b->listen_mode)
		return true;
	return err_set(e, ERR_SERVER_FAIL,
	    "data_dir, run_dir, listen and listen_mode cannot change while it runs: restart "
	    "outboxd");
}

static bool
make_dir(const char *path, mode_t mode, struct err *e)
{
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return true;
	return err_set(e, ERR_SERVER_FAIL, "cannot make %s: %s", path, strerror(errno));
}

/* If root made files in another user's folder, that user could not open them later.  So root is
 * refused there. */
static bool
check_owner(const char *path, struct err *e)
{
	struct stat st;

	if (geteuid() != 0 || stat(path, &st) < 0 || st.st_uid == 0)
		return true;
	return err_set(e, ERR_SERVER_FAIL,
	    "%s belongs to user %u, and this is root: start outboxd as that user (systemctl "
	    "start "
	    "report-outbox does)",
	    path, (unsigned)st.st_uid);
}

/* The children's programs are in the folder of this program. */
static bool
find_programs(struct site *s, struct err *e)
{
	ssize_t n = readlink("/proc/self/exe", s->programs_dir, sizeof s->programs_dir - 1);
	char *slash = n > 0 ? strrchr(s->programs_dir, '/') : NULL;

	if (slash == NULL)
		return err_set(e, ERR_SERVER_FAIL, "cannot find out where outboxd lies: %s",
		    strerror(errno));
	*slash = '\0';
	return true;
}

static bool
open_sockets(struct site *s, struct err *e)
{
	struct buf address = {0};

	buf_printf(&address, "unix:%s", s->store_path);
	s->store_fd = io_listen(buf_terminate(&address), BACKLOG, 0600, e);
	buf_free(&address);
	if (s->store_fd < 0)
		return false;
	s->fcgi_fd = io_listen(s->config.listen, BACKLOG, (mode_t)s->config.listen_mode, e);
	return s->fcgi_fd >= 0;
}

bool
site_open(struct site *s, const char *config_path, struct err *e)
{
	*s = (struct site){.config_path = config_path, .config_fd = -1, .pid_fd = -1};
	s->store_fd = s->fcgi_fd = s->metrics_fd = s->poison_fd = -1;
	if (!load(config_path, &s->config, &s->config_fd, e))
		return false;
	s->pid_path = config_pid_file(&s->config);
	s->store_path = config_store_socket(&s->config);
	if (!check_owner(s->config.data_dir, e) || !check_owner(s->config.run_dir, e))
		return false;
	if (!metrics_make(&s->metrics, &s->metrics_fd, e) ||
	    !poison_make(&s->poison, &s->poison_fd, e) || !find_programs(s, e) ||
	    !make_dir(s->config.run_dir, 0755, e) || !make_dir(s->config.data_dir, 0700, e))
		return false;
	s->pid_fd = pidfile_open(s->pid_path, e);
	return s->pid_fd >= 0 && open_sockets(s, e);
}

bool
site_reload(struct site *s, struct err *e)
{
	struct config c;
	int fd = -1;

	if (!load(s->config_path, &c, &fd, e))
		return false;
	if (!check_same_places(&s->config, &c, e)) {
		config_free(&c);
		io_close(&fd);
		return false;
	}
	config_free(&s->config);
	io_close(&s->config_fd);
	s->config = c;
	s->config_fd = fd;
	return true;
}

void
site_close(struct site *s)
{
	struct str path = str_of(s->config.listen);

	if (s->store_fd >= 0)
		unlink(s->store_path);
	if (s->fcgi_fd >= 0 && str_cut_prefix(&path, "unix:"))
		unlink(path.s);
	io_close(&s->store_fd);
	io_close(&s->fcgi_fd);
	io_close(&s->config_fd);
	io_close(&s->metrics_fd);
	io_close(&s->poison_fd);
	poison_close(&s->poison);
	metrics_close(&s->metrics);
	pidfile_close(&s->pid_fd, s->pid_path);
	free(s->pid_path);
	free(s->store_path);
	config_free(&s->config);
}
