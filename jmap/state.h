/* jmap/state.h -- a state as clients see it: "<epoch, 8 hexadecimal digits>-<change number>".
 */
#ifndef JMAP_STATE_H
#define JMAP_STATE_H

#include <stdbool.h>

#include "base/str.h"
#include "storage/store.h"

#define STATE_MAX (8 + 1 + 20) /* bytes of "00000001-18446744073709551615" */

void state_format(struct state s, char out[static STATE_MAX + 1]);
bool state_parse(struct str text,
    struct state *s); /* false for what state_format() would not have written */

#endif
