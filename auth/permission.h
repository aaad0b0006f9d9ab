/* auth/permission.h -- permissions:
 * sys{Dmarc,Tls}InternalReport{Get,Query,Create,Update,Destroy}, sysMetricsGet, and roles. */
#ifndef AUTH_PERMISSION_H
#define AUTH_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/type.h"

typedef uint64_t
    permissions; /* a bit each; stored with tokens, so a bit never changes its meaning */

enum action {
	ACTION_GET,
	ACTION_QUERY,
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_DESTROY,
	ACTION__COUNT
};

/* Of no type: to read /metrics. */
#define PERMISSION_METRICS (UINT64_C(1) << 63)

permissions permission_of(const struct type *t, enum action a);
/* Appends "sysDmarcInternalReport", with which t's permissions begin. */
void permission_prefix(const struct type *t, struct buf *out);
/* "sysDmarcInternalReportGet" appended to out. */
void permission_name(const struct type *t, enum action a, struct buf *out);
/* Calls each with the name of every permission in p: types and actions in order, then those of
 * no type. */
void permission_each(permissions p, void (*each)(const char *name, void *arg), void *arg);

/* Appends "admin" or another role that means just p, or else the names with commas between. */
void permissions_format(permissions p, struct buf *out);

/* A role of auth_roles, or permission names with commas between;
 * ERR_INVALID_ARGUMENTS names the one that is unknown. */
bool permissions_parse(struct str list, permissions *p, struct err *e);

struct role {
	const char *name;    /* NULL ends the table */
	permissions actions; /* bit per enum action, on every type */
	permissions others;  /* of no type */
	const char *doc;
};
extern const struct role auth_roles[];

#endif
