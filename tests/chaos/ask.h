/* tests/chaos/ask.h -- one HTTP request to the outbox, and what is known after it. */
#ifndef TESTS_CHAOS_ASK_H
#define TESTS_CHAOS_ASK_H

#include <jansson.h>

#include "tests/site.h"

enum told {
	TOLD_ANSWER,  /* the method's own answer */
	TOLD_REFUSED, /* an error after which nothing has been done, and nothing will be */
	TOLD_NOTHING, /* no answer, or an error that does not tell what happened */
	TOLD_WRONG,   /* an answer that is none of those */
};

struct reply {
	enum told told;
	json_t *args;   /* ANSWER: for json_decref() */
	char text[160]; /* REFUSED: the error's type; NOTHING, WRONG: what came */
};

/* Posts the calls, an array of [method, args, tag], which it takes over.  The reply is that to
 * the last. */
struct reply ask(struct site_client *c, json_t *calls);
/* One call of a method of the letter's type: "get"; args are taken over. */
struct reply ask_one(struct site_client *c, char letter, const char *verb, json_t *args);
json_t *ask_call(char letter, const char *verb, json_t *args, const char *tag);
/* The type's state now, into out[size].  False: no answer, and out stays. */
bool ask_state(struct site_client *c, char letter, char *out, size_t size);

#endif
