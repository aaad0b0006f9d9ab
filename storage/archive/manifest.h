/* storage/archive/manifest.h -- MANIFEST: what a backup consists of, and which logs belong to
 * it.
 *
 * Private to storage/.  Lines of a word and its values; the last is a hash of those before:
 *
 *   report-outbox-backup 1
 *   format 2                        of what is stored (storage/format.h)
 *   epoch 89abcdef
 *   made 1767225600                 seconds since 1970, when the copying began
 *   first_log 7                     the oldest log that recovery needs
 *   end 9 1048576                   the log has to reach there, for pages that were copied last
 *   verified yes                    or no
 *   file 8192 HASH meta             bytes, BLAKE2b-256 in hexadecimal, name in the same folder
 *   sum HASH
 *
 * A backup of no files says that the logs from first_log on make everything, which holds for a
 * new store. */
#ifndef STORAGE_ARCHIVE_MANIFEST_H
#define STORAGE_ARCHIVE_MANIFEST_H

#include "storage/archive/logfile.h"

#define MANIFEST_NAME "MANIFEST"
#define MANIFEST_FILE_NAME_MAX 80 /* bytes */
#define MANIFEST_FILES_MAX 10000
#define MANIFEST_HASH_LEN 32 /* bytes */

struct manifest_file {
	char name[MANIFEST_FILE_NAME_MAX + 1];
	uint64_t bytes;
	uint8_t hash[MANIFEST_HASH_LEN];
};

struct manifest {
	uint32_t format;
	uint32_t epoch;
	int64_t made_s; /* seconds since 1970 */
	uint32_t first_log;
	struct log_place end;
	bool verified;
	size_t n;
	struct manifest_file *files;
};

/* dir/MANIFEST.  ERR_NOT_FOUND if there is none; ERR_DAMAGED if it is not what was written. */
bool manifest_read(struct manifest *m, const char *dir, struct err *e);
/* Whole or not at all, and on disk. */
bool manifest_write(const struct manifest *m, const char *dir, struct err *e);
void manifest_free(struct manifest *m); /* leaves {0}; safe on {0} */

/* Reads dir/name to its end and notes its size and hash. */
bool manifest_add(struct manifest *m, const char *dir, const char *name, struct err *e);
/* Are the files there, with the sizes and hashes noted?  ERR_DAMAGED, naming the first that is
 * not.  A look that pace stopped says true. */
bool manifest_check(
    const struct manifest *m, const char *dir, struct pace *pace, struct err *e);
const struct manifest_file *manifest_find(
    const struct manifest *m, const char *name); /* NULL: not in it */

#endif
