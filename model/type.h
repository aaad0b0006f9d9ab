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

/* Whether a field has one value or several, and their JSON on each face: arrays / maps. */
enum shape {
	ONE,
	SET,  /* ["a@b"] / {"a@b": true}; scalars, no duplicates, order kept */
	LIST, /* [{...}] / {"0": {...}}; objects */
};

enum field_flag {
	F_REQUIRED = 1 << 0, /* must be present and not null */
	F_NULLABLE = 1 << 1, /* T?: null or absent, shown as null */
	F_COLUMN = 1 << 2,   /* shown as a column in lists of records */
};

/* The fields that storage indexes and /query can use.  Storage frames hold these numbers: never
 * reuse one. */
enum key {
	KEY_NONE = 0,
	KEY_ID = 1, /* every type has it; no field row names it */
	KEY_DOMAIN = 2,
	KEY_CREATED_AT = 3,
	KEY_DELIVER_AT = 4,
	KEY_POLICY = 5, /* a record may have several values of it */
	KEY__COUNT
};

/* How a condition of /query compares its value with the values of a key. */
enum compare {
	COMPARE_NONE,   /* /query has no condition on this key */
	COMPARE_BEGINS, /* text: a label of the domain begins with it */
	COMPARE_EQUAL,  /* number: one of the key's values equals it */
	COMPARE_ORDER,  /* date: equal, or before or after it, as a suffix of the name says */
	COMPARE__COUNT
};

/* What /query can do with a key. */
struct key_row {
	const char *also; /* a second name of the condition; NULL: only the field's name */
	enum compare compare;
	bool sorts; /* whether /query can sort by it */
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
	enum key key;       /* the index of the field; only top-level fields have one */
	unsigned max_items; /* SET, LIST: the largest number of items; 0: limited by the size of
			       the record alone */
	const char *initial;              /* default, as canonical JSON text; NULL for none */
	const struct enumeration *values; /* KIND_ENUM */
	const struct type *type;          /* KIND_OBJECT */
	const char *label;                /* its name in forms and tables, "Deliver At" */
	const char *doc;                  /* describes it: a phrase without a period */
	/* The title of the section of a form that shows this field and the fields after it.  A
	 * title that was used before continues that section.  NULL: the section of the field
	 * before. */
	const char *section;
};

#define MODEL_MAX_FIELDS 32 /* rows in one type, at most */
/* The largest max_items of a SET that has a key. */
#define MODEL_MAX_INDEXED_VALUES 1000

/* A level of a client's menu. */
struct menu {
	const char *name;
	const char
	    *icon; /* the name of a Lucide icon, for the two outermost levels; else NULL */
	const struct menu *in; /* the menu around this one; NULL: none */
};

/* The list in which people see the records of a type, and the menu that opens it. */
struct view {
	const struct menu *menu;       /* at least of the second level */
	const char *name;              /* its entry in the menu, "DMARC" */
	const char *title, *subtitle;  /* of the list */
	const char *singular, *plural; /* names of a record, "TLS report" */
	enum key label; /* the key of the field that identifies a record to people */
};

struct type {
	const char *name; /* "DmarcInternalReport" */
	const char *doc;  /* one sentence */
	const struct field *fields;
	/* The members below are set for types of records only. */
	unsigned number;   /* in storage frames and permission bits, from 1; never reuse one */
	char letter;       /* the first letter of their ids, 'd' */
	const char *form;  /* the form of the document that receivers get, "xml" */
	const char *alias; /* the name on the command line, "dmarc-internal-report" */
	const struct view *view;
};

/* All types of records; NULL ends the list. */
extern const struct type *const model_types[];
#define MODEL_TYPES_MAX 8 /* the greatest .number */

/* "DmarcInternalReport"; NULL if there is none. */
const struct type *model_type_named(struct str name);
const struct type *model_type_numbered(unsigned number); /* NULL if there is none */
const struct type *model_type_lettered(char letter);     /* NULL if there is none */
/* Returns the field with this name, or NULL.  Sets *index to its place in t->fields. */
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
