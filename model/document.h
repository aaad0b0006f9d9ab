/* model/document.h -- the reference page of the types, from their tables. */
#ifndef MODEL_DOCUMENT_H
#define MODEL_DOCUMENT_H

#include "base/str.h"

/* Appends docs/model.md: every type with its fields, kinds, enumerations and limits. */
void model_document(struct buf *out);

#endif
