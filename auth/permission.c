/* auth/permission.c -- names and bits of permissions, and the roles. */
#include "auth/permission.h"

#include <string.h>

#define BITS_A_TYPE 8 /* room for later actions; stored tokens depend on it */

_Static_assert(ACTION__COUNT <= BITS_A_TYPE, "an action has a bit");
_Static_assert(64 / BITS_A_TYPE >= MODEL_TYPES_MAX, "every type has its bits");
_Static_assert(ACTION__COUNT < BITS_A_TYPE, "the last bit is of no type");

static const char *const action_names[] = {
    [ACTION_GET] = "Get",
    [ACTION_QUERY] = "Query",
    [ACTION_CREATE] = "Create",
    [ACTION_UPDATE] = "Update",
    [ACTION_DESTROY] = "Destroy",
};

/* Permissions that belong to no type. */
static const struct {
	permissions bit;
	const char *name;
} others[] = {
    {PERMISSION_METRICS, "sysMetricsGet"},
};
#define N_OTHERS (sizeof others / sizeof others[0])

#define BIT(action) (UINT64_C(1) << (action))

const struct role auth_roles[] = {
    {"admin",
	BIT(ACTION_GET) | BIT(ACTION_QUERY) | BIT(ACTION_CREATE) | BIT(ACTION_UPDATE) |
	    BIT(ACTION_DESTROY),
	PERMISSION_METRICS, "may do everything"},
    {"reader", BIT(ACTION_GET) | BIT(ACTION_QUERY), 0, "gets and queries"},
    {"submitter", BIT(ACTION_CREATE), 0, "creates, and sees nothing"},
    {"monitor", 0, PERMISSION_METRICS, "reads /metrics, and no report"},
    {0},
};

permissions
permission_of(const struct type *t, enum action a)
{
	return BIT((t->number - 1) * BITS_A_TYPE + a);
}

void
permission_prefix(const struct type *t, struct buf *out)
{
	buf_puts(out, "sys");
	buf_puts(out, t->name);
}

void
permission_name(const struct type *t, enum action a, struct buf *out)
{
	permission_prefix(t, out);
	buf_puts(out, action_names[a]);
}

bool
permission_check(
    permissions p, const struct type *t, enum action a, enum err_code code, struct err *e)
{
	struct buf name = {0};

	if ((p & permission_of(t, a)) != 0)
		return true;
	permission_name(t, a, &name);
	err_set(e, code, "The token lacks the permission %s", buf_terminate(&name));
	buf_free(&name);
	return false;
}

void
permission_each(permissions p, void (*each)(const char *name, void *arg), void *arg)
{
	struct buf name = {0};

	for (const struct type *const *t = model_types; *t != NULL; t++)
		for (enum action a = 0; a < ACTION__COUNT; a++)
			if (p & permission_of(*t, a)) {
				buf_clear(&name);
				permission_name(*t, a, &name);
				each(buf_terminate(&name), arg);
			}
	buf_free(&name);
	for (size_t i = 0; i < N_OTHERS; i++)
		if (p & others[i].bit)
			each(others[i].name, arg);
}

static permissions
of_role(const struct role *r)
{
	permissions p = r->others;

	for (const struct type *const *t = model_types; *t != NULL; t++)
		for (enum action a = 0; a < ACTION__COUNT; a++)
			if (r->actions & BIT(a))
				p |= permission_of(*t, a);
	return p;
}

static void
append(const char *name, void *arg)
{
	struct buf *out = arg;

	if (out->len > 0)
		buf_putc(out, ',');
	buf_puts(out, name);
}

void
permissions_format(permissions p, struct buf *out)
{
	struct buf names = {0};

	for (const struct role *r = auth_roles; r->name != NULL; r++)
		if (of_role(r) == p) {
			buf_puts(out, r->name);
			return;
		}
	permission_each(p, append, &names);
	buf_add_str(out, buf_str(&names));
	buf_free(&names);
}

/* The permission or role of that name; 0 if there is none. */
static permissions
named(struct str word)
{
	struct buf name = {0};
	permissions p = 0;

	for (const struct role *r = auth_roles; r->name != NULL; r++)
		if (str_is(word, r->name))
			return of_role(r);
	for (const struct type *const *t = model_types; *t != NULL; t++)
		for (enum action a = 0; a < ACTION__COUNT; a++) {
			buf_clear(&name);
			permission_name(*t, a, &name);
			if (str_equal(word, buf_str(&name)))
				p = permission_of(*t, a);
		}
	for (size_t i = 0; i < N_OTHERS; i++)
		if (str_is(word, others[i].name))
			p = others[i].bit;
	buf_free(&name);
	return p;
}

bool
permissions_parse(struct str list, permissions *p, struct err *e)
{
	permissions all = 0;

	for (;;) {
		const char *comma = list.len > 0 ? memchr(list.s, ',', list.len) : NULL;
		size_t len = comma != NULL ? (size_t)(comma - list.s) : list.len;
		permissions one = named((struct str){list.s, len});

		if (one == 0)
			return err_set(e, ERR_INVALID_ARGUMENTS,
			    "\"%.*s\" is neither a permission nor a role", (int)len,
			    len > 0 ? list.s : "");
		all |= one;
		if (comma == NULL)
			break;
		list.s += len + 1;
		list.len -= len + 1;
	}
	*p = all;
	return true;
}
