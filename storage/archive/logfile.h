/* storage/archive/logfile.h -- Berkeley DB's log files as files: their names, and where their
 * whole records end.
 *
 * Private to storage/.  The log is one row of records over files of at most
 * ENV_LOG_FILE_BYTES; a place in it is a file's number, from 1, and an offset, as in a DB_LSN.
 * Each record carries a checksum, so what is left of a log can be judged without an
 * environment. */
#ifndef STORAGE_ARCHIVE_LOGFILE_H
#define STORAGE_ARCHIVE_LOGFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* How a long look at the disk gives way: between() is called after each piece (NULL: never),
 * and ends the look early when it says false. */
struct pace {
	bool (*between)(void *arg);
	void *arg;
	bool stopped; /* it was ended so: what the look found is of no meaning */
};
bool pace_goes_on(struct pace *p);

struct log_place {
	uint32_t file, offset;
};

int log_place_compare(struct log_place a, struct log_place b); /* as strcmp() */

#define LOGFILE_NAME_LEN 14 /* "log.0000000001" */

struct logfile_name {
	char text[LOGFILE_NAME_LEN + 1];
};

struct logfile_name logfile_name(uint32_t file);
bool logfile_number(const char *name, uint32_t *file); /* false: not the name of a log */

/* The lowest and highest number in the folder; both 0 if there is none.  ERR_DAMAGED if one
 * between them is missing. */
bool logfile_range(const char *dir, uint32_t *first, uint32_t *last, struct err *e);

/* The file's bytes from offset on, at most max.  ERR_NOT_FOUND if there is no such file. */
bool logfile_read(const char *dir, uint32_t file, uint32_t offset, size_t max,
    struct buf *bytes, struct err *e);

/* How many of these bytes, which begin with a record, are whole records.  *last, if not NULL,
 * gets where the last of them begins. */
size_t logfile_whole(struct str bytes, size_t *last);

/* Where the whole records end that follow one another from there on, over all files that are
 * there.  from is a record's beginning or the end of one; a file that is missing ends it. */
bool logfile_end(const char *dir, struct log_place from, struct log_place *end, struct err *e);
bool logfile_end_paced(const char *dir, struct log_place from, struct log_place *end,
    struct pace *pace, struct err *e); /* a piece is a file */

/* Makes zeros of what lies behind end in its file.  A power cut can leave whole records there,
 * behind one that is not; once that is written anew they would count again. */
bool logfile_clear_after(const char *dir, struct log_place end, struct err *e);

#endif
