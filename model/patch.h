/* model/patch.h -- PatchObject (RFC 8620, 5.3) on a stored record. */
#ifndef MODEL_PATCH_H
#define MODEL_PATCH_H

#include "model/record.h"

/* Applies patch to record, the parsed canonical text, in place.  Afterwards its sets and lists
 * may have either shape; model_record() then checks the outcome.
 *
 * Keys are JSON Pointers without the leading slash:
 * - a null value resets to the default, or removes a T?; a required field without default
 * cannot be removed;
 * - "rua/a@b": true adds to a set, null removes from it;
 * - "report/records/0/count" edits an item of a list, "report/records/0": null removes it, and
 * an index that is one past the end or beyond appends; indexes are those before the patch.
 *
 * Null for a property that no table has is a no-op, as nothing is there to remove.
 *
 * An invalid property is a last step that names none.  The patch itself is at fault (p->patch)
 * for a key that is the prefix of another, a parent that does not exist or is not an object, an
 * escape other than ~0 and ~1, and on FACE_ARRAYS for any pointer into a set or list.
 *
 * False with problems: record is then half patched, good for nothing but finding what else is
 * wrong.  "id" is the caller's. */
bool model_patch(const struct type *t, json_t *record, const json_t *patch, enum face face,
    struct problems *p);

#endif
