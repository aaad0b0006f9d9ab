/* auth/subject.h -- the name of a token's owner, for people and logs. */
#ifndef AUTH_SUBJECT_H
#define AUTH_SUBJECT_H

#include <stdbool.h>

#include "base/str.h"

/* 1 to STORE_SUBJECT_MAX bytes of UTF-8 without control characters. */
bool subject_is_valid(struct str subject);

#endif
