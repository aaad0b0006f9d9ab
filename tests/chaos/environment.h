/* tests/chaos/environment.h -- a copy of the store's folder, read with Berkeley DB alone.
 *
 * What the checker knows of the files is what storage/table.h says of them. */
#ifndef TESTS_CHAOS_ENVIRONMENT_H
#define TESTS_CHAOS_ENVIRONMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Runs recovery, after which the database files alone hold everything. */
bool environment_recover(const char *dir, struct err *e);
/* DB->verify of one file. */
bool environment_verify(const char *dir, const char *file, struct err *e);
/* Every pair of one file, in the order of the keys. */
bool environment_walk(const char *dir, const char *file,
    void (*take)(void *arg, struct str key, struct str value), void *arg, struct err *e);

#endif
