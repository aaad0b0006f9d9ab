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
    permissions; /* one bit each; tokens store them, so never change the meaning of a bit */

enum action {
	ACTION_GET,
	ACTION_QUERY,
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_DESTROY,
	ACTION__COUNT
};

/* Permission to read /metrics.  It belongs to no type. */
#define PERMISSION_METRICS (UINT64_C(1) << 63)

permissions permission_of(const struct type *t, enum action a);
/* Appends "sysDmarcInternalReport", the prefix of t's permissions. */
void permission_prefix(const struct type *t, struct buf *out);
/* Appends "sysDmarcInternalReportGet". */
void permission_name(const struct type *t, enum action a, struct buf *out);
/* Whether p has the permission.  Otherwise sets *e to the code, with a text that names the
 * permission. */
bool permission_check(
    permissions p, const struct type *t, enum action a, enum err_code code, struct err *e);
/* Calls each() with the name of every permission in p: by type and action, then those of no
 * type. */
void permission_each(permissions p, void (*each)(const char *name, void *arg), void *arg);

/* Appends the role that has exactly these permissions, such as "admin", or else the
 * permissions' names separated by commas. */
void permissions_format(permissions p, struct buf *out);

/* list is a role of auth_roles, or permission names separated by commas.  ERR_INVALID_ARGUMENTS
 * names an unknown one. */
bool permissions_parse(struct str list, permissions *p, struct err *e);

struct role {
	const char *name;    /* NULL ends the table */
	permissions actions; /* one bit per enum action, for every type */
	permissions others;  /* permissions that belong to no type */
	const char *doc;
};
extern const struct role auth_roles[];

#endif
