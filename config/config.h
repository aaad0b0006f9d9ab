/* config/config.h -- the one configuration file, read by every program (libconfuse;
 * deploy/outbox.conf documents it). */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/err.h"
#include "base/log.h"
#include "base/net.h"
#include "base/str.h"
#include "config/limits.h"

#define CONFIG_DEFAULT_PATH "/etc/report-outbox/outbox.conf"
#define CONFIG_WORKERS_MAX 100
#define CONFIG_REDIRECT_MAX 1024 /* bytes of a redirect URI */

#define CACHE_MB_MAX 65536 /* of store_cache_mb */

/* Strings are owned; free them with config_free().  Every member has a default. */
struct config {
	char *data_dir;       /* the store is in data_dir/store (storage/archive/home.h) */
	char *archive_dir;    /* second copy of the store's log; "": data_dir/archive */
	char *run_dir;        /* store.sock, outboxd.pid */
	char *listen;         /* FastCGI: "unix:PATH" or "ADDRESS:PORT" */
	unsigned listen_mode; /* of a unix socket, octal in the file */
	char *public_url;     /* base of absolute URLs; "": the request's scheme and Host */
	char
	    *server_names; /* accepted Host names where public_url is "", separated by blanks */
	char *report_format;       /* XML format of DMARC reports: "9990" or "7489" */
	char *report_organization; /* for TLS reports that name no organization; "": none */
	char *report_contact;      /* address for TLS reports without one; "": deliver_from */
	char *deliver_from;        /* From of messages; "": the contact in the report */
	char *redirect_uris;       /* accepted redirects of logins, separated by blanks; "": the
				      WebUI's */
	struct nets trusted_proxies; /* their X-Forwarded-For, -Proto and -Host are trusted */
	long workers;                /* processes; 0: one per core, at least 2 */
	long worker_connections;     /* FastCGI connections that a worker keeps open */
	long worker_timeout_s;       /* a worker is killed after this long in one request */
	long stop_timeout_s;         /* how long running requests may take after SIGTERM */
	long store_timeout_ms;       /* how long a worker waits for the store */
	long store_cache_mb;         /* Berkeley DB cache */
	long ballast_mb;           /* size of the file that is deleted when the disk is full */
	long store_connections;    /* most connections at a time, of workers and outboxctl */
	long keep_changes_days;    /* /changes knows at least this many days */
	bool metrics_for_loopback; /* /metrics needs no token from this machine */
	long backup_every_h;       /* greatest age of the archive's backup; 0: no limit */
	long
	    backup_after_mb; /* growth of its logs that triggers the next backup; 0: no limit */
	long reserve_mb;     /* creates and updates stop when the disk has less free space */
	enum log_level log_level;
	struct limits limits;
};

/* Reads the file at path; NULL: the defaults.  An unknown option, a repeated option, a wrong
 * type or a value out of range gives ERR_SERVER_FAIL with path and line. */
bool config_read(struct config *c, const char *path, struct err *e);
void config_free(struct config *c);
/* The two halves of config_read(), for callers that keep the text.  Appends to text; path is
 * for messages. */
bool config_read_text(const char *path, struct buf *text, struct err *e);
bool config_parse(struct config *c, const char *path, struct str text, struct err *e);

/* run_dir/store.sock and run_dir/outboxd.pid; the caller frees them. */
char *config_store_socket(const struct config *c);
char *config_pid_file(const struct config *c);
char *config_login_lock(const struct config *c); /* run_dir/login.lock */

long config_workers(const struct config *c); /* processes; never 0 */
/* How many passwords may be hashed at a time: half the workers, since the others serve reports.
 * Never 0. */
unsigned config_login_slots(const struct config *c);
size_t config_option_count(void); /* number of options that a file may set */

#endif
