/* tests/answers.h -- what a method answers, and records to ask about. */
#ifndef TESTS_ANSWERS_H
#define TESTS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/outbox.h"

#define D "x:DmarcInternalReport/"
#define T "x:TlsInternalReport/"
#define FIRST_ID "d0000000001"

/* A valid record, and the bytes in which its domain stands. */
#define WITH_DOMAIN(domain)                                                                    \
	"{\"createdAt\":\"2026-01-01T00:00:00Z\",\"deliverAt\":\"2026-01-01T00:00:00Z\","      \
	"\"domain\":\"" domain "\",\"report\":{\"dateRangeBegin\":\"2026-01-01T00:00:00Z\","   \
	"\"dateRangeEnd\":\"2026-01-01T00:00:00Z\",\"email\":\"a@b.example\","                 \
	"\"orgName\":\"Example\",\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\","      \
	"\"policyDisposition\":\"none\",\"policyDomain\":\"Example\","                         \
	"\"policySubdomainDisposition\":\"none\",\"reportId\":\"Example\"}}"
#define RECORD WITH_DOMAIN("example.com")
#define CREATE "{\"create\":{\"k\":" RECORD "}}"

/* Whether the value at path (RFC 6901) in v is json, or absent where json is NULL.  Says so on
 * standard error if not. */
bool answer_has(json_t *v, const char *path, const char *json);

/* The answer to one call holds json at path. */
void answer_expect(struct outbox *o, enum face face, const char *method, const char *args,
    const char *path, const char *json);

/* Creates n records, FIRST_ID and on. */
void outbox_fill(struct outbox *o, size_t n);

/* n times what stands around a number of ten digits, from 1, between open and close:
 * "[d1,d2,d3]".  For free(). */
char *text_repeated(
    const char *open, const char *before, const char *after, size_t n, const char *close);

#endif
