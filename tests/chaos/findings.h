/* tests/chaos/findings.h -- what the checker has found: printed, and counted. */
#ifndef TESTS_CHAOS_FINDINGS_H
#define TESTS_CHAOS_FINDINGS_H

#include <stddef.h>

struct findings {
	size_t lost;  /* acknowledged, and not there */
	size_t wrong; /* there, and not as it must be */
};

void find_lost(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void find_wrong(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
