/* model/type.h -- what a record may hold: tables, nothing else.
 *
 * One row per field is the only place where a field is spelled.  Checks, defaults, canonical
 * form, both wire shapes, patches, /get's properties, what /query filters and sorts by,
 * permissions' names, docs/model.md and the schema document are walks over these rows.  This
 * header and the tables need no Jansson: the store links them alone. */
#ifndef MODEL_TYPE_H
#define MODEL_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum kind {
	KIND_STRING, /* valid UTF-8 without NUL; may be empty */
	KIND_DOMAIN, /* A-labels, lower-case; not empty */
	KIND_EMAIL,
	KIND_URI,
	KIND_IP,     /* IPv4 or IPv6, written as RFC 5952 says */
	KIND_UINT,   /* 0 to 2^53-1 */
	KIND_UINT64, /* 0 to 2^64-1, above what RFC 8620, 1.3 allows: Stalwart has 64-bit
			identifiers */
	KIND_FLOAT,
	KIND_BOOL,
	KIND_DATE, /* UTCDate */
	KIND_ENUM,
	KIND_OBJECT,
	KIND__COUNT
};

/* How many values, and how they look: array-shaped / map-shaped. */
enum shape {
	ONE,
	SET,  /* ["a@b"] / {"a@b": true}; scalars, no duplicates, order kept */
	LIST, /* [{...}] / {"0": {...}}; objects */
};

enum field_flag {
	F_REQUIRED = 1 << 0, /* must be present and not null */
	F_NULLABLE = 1 << 1, /* T?: null or absent, shown as null */
	F_COLUMN = 1 << 2,   /* a column where records are listed */
};

/* What storage indexes and /query knows by name.  The numbers are in storage frames: never
 * reuse one. */
enum key {
	KEY_NONE = 0,
	KEY_ID = 1, /* every type has it; no field row names it */
	KEY_DOMAIN = 2,
	KEY_CREATED_AT = 3,
	KEY_DELIVER_AT = 4,
	KEY_POLICY = 5, /* a record may have several */
	KEY__COUNT
};

/* How a condition of /query compares a key's values with its own. */
enum compare {
	COMPARE_NONE,   /* there is no such condition */
	COMPARE_BEGINS, /* a text: whether one of the labels begins with it */
	COMPARE_EQUAL,  /* a number: whether it is one of the values */
	COMPARE_ORDER,  /* a date: the same, or before or after it by a suffix of the name */
	COMPARE__COUNT
};

/* What /query can do with a key. */
struct key_row {
	const char *also; /* a name of the condition beside the field's own; NULL: none */
	enum compare compare;
	bool sorts; /* whether records can be put in its order */
};

extern const struct key_row model_keys[KEY__COUNT];

struct type;

struct enum_value {
	const char *name;  /* NULL ends the list */
	const char *label; /* what it means, a phrase without a period */
};

struct enumeration {
	const char *name; /* "DmarcAlignment" */
	const struct enum_value *values;
};

struct field {
	const char *name; /* JMAP property; NULL ends the table */
	enum kind kind;
	enum shape shape;
	unsigned flags;
	enum key key;        /* index that holds it; top-level fields only */
	unsigned max_items;  /* SET, LIST: at most so many; 0: as many as fit into a record */
	const char *initial; /* default, as canonical JSON text; NULL for none */
	const struct enumeration *values; /* KIND_ENUM */
	const struct type *type;          /* KIND_OBJECT */
	const char *label;                /* in forms and tables, "Deliver At" */
	const char *doc;                  /* what it is, a phrase without a period */
	/* Forms: the title of the part that this row and those after it belong to; the same one
	 * again continues that part.  NULL: that of the row before. */
	const char *section;
};

#define MODEL_MAX_FIELDS 32 /* rows in one type, at most */
/* Values of one field in an index: max_items of a SET with a key. */
#define MODEL_MAX_INDEXED_VALUES 1000

/* A level of a client's menu. */
struct menu {
	const char *name;
	const char *icon;      /* the two outer levels: a name of Lucide's; NULL further in */
	const struct menu *in; /* NULL: an outermost one */
};

/* How people meet the records of a type: as a list that they open from a menu. */
struct view {
	const struct menu *menu;       /* of the second level at least */
	const char *name;              /* in the menu, "DMARC" */
	const char *title, *subtitle;  /* of the list */
	const char *singular, *plural; /* of a record, "TLS report" */
	enum key label;                /* the field with this key tells records apart */
};

struct type {
	const char *name; /* "DmarcInternalReport" */
	const char *doc;  /* one sentence */
	const struct field *fields;
	/* Record types: in storage frames and permission bits, from 1; never reuse one. */
	unsigned number;
	char letter;       /* record types: the first of their ids, 'd' */
	const char *form;  /* record types: of the document that receivers get, "xml" */
	const char *alias; /* record types: on the command line, "dmarc-internal-report" */
	const struct view *view; /* record types */
};

/* Types of records, in order; ends with NULL. */
extern const struct type *const model_types[];
#define MODEL_TYPES_MAX 8 /* numbers are 1 to this */

/* "DmarcInternalReport"; NULL if there is none. */
const struct type *model_type_named(struct str name);
const struct type *model_type_numbered(unsigned number); /* NULL if there is none */
const struct type *model_type_lettered(char letter);     /* of ids; NULL if there is none */
/* The row, or NULL; *index is its place in t->fields. */
const struct field *model_field(const struct type *t, struct str name, size_t *index);
const struct field *model_field_with_key(const struct type *t, enum key key); /* NULL if none */

/* The name of the condition on f's key, which is that of f; NULL if there is none. */
const char *model_condition(const struct field *f);

/* The canonical JSON text that stands for a value which is absent or null; NULL if f has to
 * have a value. */
const char *model_default(const struct field *f);

extern const struct menu model_outbox_menu;
extern const struct type dmarc_internal_report;
extern const struct type tls_internal_report;

#endif
