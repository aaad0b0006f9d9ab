/* model/domain.h -- domains as people type their beginnings.  Needs no Jansson: the store
 * links it. */
#ifndef MODEL_DOMAIN_H
#define MODEL_DOMAIN_H

#include <stdbool.h>

#include "base/str.h"

/* What every label begins with that stands for a Unicode one (RFC 5890, 2.3.2.1). */
#define DOMAIN_A_LABEL "xn--"

/* Appends what a domain is to be compared with: all whole labels as they are stored, and the
 * last one, which may be the beginning of a label, in lower case and in Unicode (NFC).  White
 * space around s and a dot at its beginning are dropped.  A dot at its end stays: the label
 * before it is whole.  False if no domain begins like that. */
bool domain_beginning(struct str s, struct buf *out);

/* Whether the label that an A-label stands for begins with this text, in Unicode. */
bool domain_label_begins(struct str a_label, struct str beginning);

#endif
