/* tests/chaos/ledger.h -- the change log of one type, and which journal's write each of its
 * changes is: every change is exactly one write, and every acknowledged write is a change. */
#ifndef TESTS_CHAOS_LEDGER_H
#define TESTS_CHAOS_LEDGER_H

#include "tests/chaos/findings.h"
#include "tests/chaos/journal.h"

struct change {
	enum write_kind kind;
	uint64_t id;
	const struct write *write; /* NULL: nobody's */
	unsigned client;
	uint64_t number; /* of the write */
};

struct ledger {
	const char *dir;
	const struct history *history;
	struct findings *findings;
	char letter;
	uint32_t epoch;
	uint64_t n;       /* changes[1] to changes[n] */
	uint64_t last_id; /* as the counters have it */
	bool moment; /* a restored backup: what came after it is not there, nor the epoch */
	uint64_t at_least; /* moment: changes that had been acknowledged when it began */
	struct change *changes;
	uint64_t *last; /* by id up to last_id: the number of its last change; 0: none */
};

/* l->dir to l->letter, and moment, are set before. */
bool ledger_read(struct ledger *l, struct err *e);
void ledger_free(struct ledger *l);

/* A create whose id nobody was told: the domain of its record tells whose it is. */
void ledger_claim(struct ledger *l, uint64_t change, unsigned client, uint64_t number);
/* After the last claim: what is nobody's change, and whose change is not there. */
void ledger_settle(struct ledger *l);
/* The number of the last change of a record that must be there; 0 if it must not. */
uint64_t ledger_living(const struct ledger *l, uint64_t id);

#endif
