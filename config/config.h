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

/* Strings are owned; config_free().  Every member has a default. */
#define CACHE_MB_MAX 65536 /* of store_cache_mb */

struct config {
	char *data_dir;       /* the store is in data_dir/store (storage/archive/home.h) */
	char *archive_dir;    /* the second copy of its log; "": data_dir/archive */
	char *run_dir;        /* store.sock, outboxd.pid */
	char *listen;         /* FastCGI: "unix:PATH" or "ADDRESS:PORT" */
	unsigned listen_mode; /* of a unix socket, octal in the file */
	char *public_url;     /* in absolute URLs; "": from the request's scheme and Host */
	char *server_names;   /* that Host may be where public_url is "", blanks between */
	char *report_format;  /* of the XML of DMARC reports: "9990" or "7489" */
	char *report_organization; /* of TLS reports that name none; "": none */
	char *report_contact; /* address, of TLS reports that have none; "": deliver_from */
	char *deliver_from;   /* From of messages; "": the contact in the report */
	char *redirect_uris;  /* of logins, blanks between; "": those of the WebUI here */
	struct nets trusted_proxies; /* whose X-Forwarded-For, -Proto and -Host are believed */
	long workers;                /* processes; 0: one a core, at least 2 */
	long worker_connections;     /* kept FastCGI connections a worker polls */
	long worker_timeout_s;       /* a worker stuck longer in one request is killed */
	long stop_timeout_s;         /* what is being served may take so long after SIGTERM */
	long store_timeout_ms;       /* how long a worker waits for the store */
	long store_cache_mb;         /* Berkeley DB cache */
	long ballast_mb;             /* of disk given up when it is full */
	long store_connections;      /* at most, workers and outboxctl together */
	long keep_changes_days;      /* /changes knows at least so far back */
	bool metrics_for_loopback;   /* /metrics needs no token from this machine */
	long backup_every_h;         /* so old the archive's backup gets; 0: as old as it may */
	long backup_after_mb;        /* so much its logs grow until the next; 0: as they may */
	long reserve_mb; /* free on the disk, below which creates and updates stop */
	enum log_level log_level;
	struct limits limits;
};

/* path NULL: the defaults.  An unknown option, one that comes twice, a wrong type or a value
 * out of range:
 * ERR_SERVER_FAIL naming path and line. */
bool config_read(struct config *c, const char *path, struct err *e);
void config_free(struct config *c);
/* Both halves of it, for who keeps the text: text is appended to; path is for messages. */
bool config_read_text(const char *path, struct buf *text, struct err *e);
bool config_parse(struct config *c, const char *path, struct str text, struct err *e);

/* run_dir/store.sock and run_dir/outboxd.pid, for free(). */
char *config_store_socket(const struct config *c);
char *config_pid_file(const struct config *c);
char *config_login_lock(const struct config *c); /* run_dir/login.lock */

long config_workers(const struct config *c); /* processes; never 0 */
/* Passwords that may be hashed at a time: half the workers, because the others have reports to
 * serve; never 0. */
unsigned config_login_slots(const struct config *c);
size_t config_option_count(void); /* that a file may hold */

#endif
