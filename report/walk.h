/* report/walk.h -- walks through canonical JSON text without parsing it into a tree.
 *
 * The text must be what model_record() wrote: no white space between its parts, and names
 * without escapes.  Text that is not JSON ends a walk early and sets .broken. */
#ifndef REPORT_WALK_H
#define REPORT_WALK_H

#include <stdbool.h>

#include "base/str.h"

struct walk {
	struct str rest; /* not walked yet */
	char close;      /* '}' or ']' */
	bool broken;
};

void walk_object(struct walk *w, struct str text);
void walk_array(struct walk *w, struct str text);
/* Returns the next member or element, borrowed from the text; value is its JSON text.  False at
 * the end. */
bool walk_member(struct walk *w, struct str *name, struct str *value);
bool walk_element(struct walk *w, struct str *value);

#endif
