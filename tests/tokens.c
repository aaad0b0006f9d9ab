/* tests/tokens.c -- bearer tokens of every sort, as tests send them. */
#include "tests/tokens.h"

#include <stdio.h>
#include <string.h>

#include "auth/permission.h"
#include "base/clock.h"

enum fate { LIVES, EXPIRED, REVOKED };

static const struct {
	const char *name, *permissions;
	enum fate fate;
} kinds[] = {
    {"admin", "admin", LIVES},
    {"reader", "reader", LIVES},
    {"submitter", "submitter", LIVES},
    {"getter", "sysTlsInternalReportGet", LIVES},
    {"querier", "sysTlsInternalReportQuery", LIVES},
    {"creator", "sysTlsInternalReportCreate", LIVES},
    {"updater", "sysTlsInternalReportGet,sysTlsInternalReportUpdate", LIVES},
    {"destroyer", "sysTlsInternalReportDestroy", LIVES},
    {"dmarc-admin",
	"sysDmarcInternalReportGet,sysDmarcInternalReportQuery,sysDmarcInternalReportCreate,"
	"sysDmarcInternalReportUpdate,sysDmarcInternalReportDestroy",
	LIVES},
    {"expired", "admin", EXPIRED},
    {"revoked", "admin", REVOKED},
};

bool
tokens_make(struct tokens *t, struct store *s, struct err *e)
{
	static const struct clock real = {0};
	const int64_t now = clock_now_s(&real);

	t->n = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct store_token row = {.created_s = now - 60};
		struct token token;
		char text[TOKEN_LEN + 1];

		token_new(&token);
		token_format(&token, text);
		memcpy(row.id, token.id, sizeof row.id);
		snprintf(row.subject, sizeof row.subject, "%s@example.com", kinds[i].name);
		row.expires_s = kinds[i].fate == EXPIRED ? now - 1 : 0;
		if (!permissions_parse(str_of(kinds[i].permissions), &row.permissions, e))
			return false;
		if (!store_token_create(s, &row, token.secret, e))
			return false;
		if (kinds[i].fate == REVOKED && !store_token_revoke(s, token.id, e))
			return false;
		t->list[t->n].name = kinds[i].name;
		snprintf(t->list[t->n].header, sizeof t->list[t->n].header, "Bearer %s", text);
		t->n++;
	}
	return true;
}

const char *
tokens_header(const struct tokens *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->list[i].name, name) == 0)
			return t->list[i].header;
	return NULL;
}
