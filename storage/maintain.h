/* storage/maintain.h -- what the store does beside its requests: checkpoints, and forgetting
 * what is old.
 *
 * Private to storage/. */
#ifndef STORAGE_MAINTAIN_H
#define STORAGE_MAINTAIN_H

#include "storage/login/uses.h"
#include "storage/writer.h"

struct maintain_options {
	int64_t keep_changes_s;  /* entries of the change log are kept so long at least */
	uint64_t ballast_bytes;  /* in the data folder; 0: none */
	struct token_uses *uses; /* written every TOKEN_USES_WRITE_S; NULL: there are none */
};

/* Recovery after a kill takes about as long as what was written since the last checkpoint. */
#define CHECKPOINT_S 2
#define PRUNE_S 60
#define PRUNE_BATCH 500 /* entries a transaction */

struct maintenance;

bool maintenance_start(struct maintenance **m, struct env *env, struct writer *w,
    const struct maintain_options *o, struct err *e);
/* Before the writer.  Safe on NULL; leaves NULL. */
void maintenance_stop(struct maintenance **m);

/* How long what its thread is at has taken; 0: it rests. */
int64_t maintenance_busy_us(const struct maintenance *m);

/* What its thread does every PRUNE_S and at each checkpoint. */
bool maintain_prune(struct env *env, struct writer *w, int64_t keep_changes_s, struct err *e);
bool maintain_logs(struct env *env, struct err *e);

#endif
