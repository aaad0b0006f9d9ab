/* storage/archive/check.h -- is what is stored whole and consistent?
 *
 * Private to storage/.  Every row has its body, which unpacks to the row's size; each index has
 * every key that a row calls for and no other; the change log has no holes; the counters are
 * right; tokens can be read. */
#ifndef STORAGE_ARCHIVE_CHECK_H
#define STORAGE_ARCHIVE_CHECK_H

#include "storage/env.h"

#define CHECK_SLICE 256 /* entries looked at in one snapshot */

struct check {
	/* Called between slices; false ends the check early, without an error.  NULL: go on. */
	bool (*between)(void *arg);
	void *arg;
	/* Nobody writes meanwhile: what has no snapshots, as operation ids, is checked too. */
	bool alone;
	/* how much was seen */
	uint64_t rows, index_entries, changes, tokens, opids;
};

/* Reads everything, in short snapshots; requests and writes go on.  ERR_DAMAGED naming what is
 * wrong. */
bool check_environment(struct check *c, struct env *env, struct err *e);

/* DB->verify of each database file in a folder that no environment has open: page by page, and
 * what no read would meet. */
bool check_files(const char *dir, const struct log *log, size_t *n, struct err *e);

#endif
