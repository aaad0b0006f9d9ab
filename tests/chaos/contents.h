/* tests/chaos/contents.h -- what each write says: its contents follow from its type, its client
 * and its number, so a journal need not hold them. */
#ifndef TESTS_CHAOS_CONTENTS_H
#define TESTS_CHAOS_CONTENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CONTENTS_DOMAIN_MAX 80

/* Types go by the letter of their ids, 'd' or 't'. */
const char *contents_type(char letter); /* "DmarcInternalReport"; NULL for another letter */

/* The properties that the write sends, for json_decref(); an update sends as many as a create.
 */
json_t *contents_make(char letter, unsigned client, uint64_t write);
/* Has the record every property that the write sent?  It may have more. */
bool contents_are(const json_t *record, char letter, unsigned client, uint64_t write);

/* The write's domain begins with this label, and no other's does. */
void contents_label(unsigned client, uint64_t write, char out[static CONTENTS_DOMAIN_MAX]);
/* The client and write of such a domain; false for another. */
bool contents_whose(struct str domain, unsigned *client, uint64_t *write);

#endif
