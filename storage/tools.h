/* storage/tools.h -- outbox-store as a tool: it looks at a backup or a store that nobody
 * serves, or makes a store of a backup.  outboxctl runs it.
 *
 *   outbox-store --verify DIR [--logs DIR]
 *       makes a store of a copy of the backup DIR in DIR.trial, recovers it, looks through all
 *       of it, and removes it.  Its logs are in DIR, or in the folder after --logs (for the
 *       archive's own base).
 *   outbox-store [--config FILE | --dir DATA] --restore DIR
 *       the same, and what came of it becomes the store, with a new epoch, so that states from
 *       before get cannotCalculateChanges.  The present store and archive are moved aside, to
 *       DATA/damaged-TIME.  Refused while a store serves.
 *   outbox-store [--config FILE | --dir DATA] --accept-loss
 *       makes a store of what can still be read, says what that is, and goes on as --restore.
 *   outbox-store [--config FILE | --dir DATA] --check
 *       recovers the store if need be and looks through all of it; what is damaged is repaired
 *       by the next start.  Refused while it serves.
 *
 * Each prints to standard output what it found, a line a fact; why it failed goes to standard
 * error.  Exit status: 0 well; 1 damaged; 64 wrong usage; 69 a store serves; 74 no room or
 * another failure that passes. */
#ifndef STORAGE_TOOLS_H
#define STORAGE_TOOLS_H

#include "storage/archive/home.h"

enum tool { TOOL_NONE, TOOL_VERIFY, TOOL_RESTORE, TOOL_ACCEPT_LOSS, TOOL_CHECK };

struct tool_request {
	enum tool tool;
	const char *dir;                 /* VERIFY, RESTORE: the backup */
	const char *logs;                /* VERIFY: NULL, or where its logs are */
	const struct home_options *home; /* all but VERIFY, which takes its cache_mb alone */
};

/* The exit status. */
int tool_run(const struct tool_request *r, const struct log *log);

#endif
