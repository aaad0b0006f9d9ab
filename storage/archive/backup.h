/* storage/archive/backup.h -- a copy of the database files, made while the store serves, and
 * proved.
 *
 * Private to storage/.  Two kinds, made alike: the archive's own (archive.h), whose logs are
 * the archive's, and one in a folder of an operator's choice, which has its logs with it.
 *
 * Berkeley DB copies each file page by page, coordinated with its cache; what is written
 * meanwhile is in the logs from first_log on, so a file that was copied stays good as long as
 * they are there.  That is why a backup that was interrupted goes on with the next file, and
 * why the archive keeps its logs until the next backup has been proved.
 *
 * Proved means: outbox-store --verify has made a store of it, in a process of its own, and
 * looked through all of it.  Before that it is called DIR.partial, or base.new. */
#ifndef STORAGE_ARCHIVE_BACKUP_H
#define STORAGE_ARCHIVE_BACKUP_H

#include "storage/chore.h"

#define BACKUP_PARTIAL ".partial"

/* The archive's own takes the place of the one before, whose logs are then removed.  Another's
 * path is absolute and must not exist; DIR.partial may, if it is ours.  ERR_OVER_QUOTA says how
 * much room is wanting. */
chore_run backup_run; /* also in chore.h */

#endif
