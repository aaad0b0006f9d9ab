/* tests/fuzz/patch.c -- any JSON object as a patch of a stored record, on both faces. */
#include <assert.h>
#include <stdlib.h>

#include "model/patch.h"
#include "json/read.h"

#define RECORD_MAX (1u << 20) /* bytes */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char dmarc[] =
    "{\"rua\": [\"a@example.com\", \"b/~@example.com\"], \"policyIdentifier\": 7, \"report\":"
    " {\"orgName\": \"Example\", \"email\": \"a@example.com\", \"reportId\": \"1\","
    " \"dateRangeBegin\": \"2026-01-01T00:00:00Z\", \"dateRangeEnd\": \"2026-01-02T00:00:00Z\","
    " \"policyDomain\": \"example.com\", \"policyAdkim\": \"relaxed\", \"policyAspf\": "
    "\"strict\","
    " \"policyDisposition\": \"none\", \"policySubdomainDisposition\": \"none\","
    " \"errors\": [\"one\", \"two\"], \"records\": [{\"evaluatedDisposition\": \"none\","
    " \"evaluatedDkim\": \"pass\", \"evaluatedSpf\": \"pass\", \"envelopeFrom\": \"\","
    " \"headerFrom\": \"example.com\", \"extensions\": [{\"name\": \"n\", \"definition\":"
    " \"d\"}]}]}, \"domain\": \"example.com\", \"createdAt\": \"2026-01-01T00:00:00Z\","
    " \"deliverAt\": \"2026-01-03T00:00:00Z\"}";
static const char tls[] =
    "{\"policyIdentifiers\": [12, 1], \"mailRua\": [\"a@example.com\"], \"httpRua\":"
    " [\"https://example.com/\"], \"report\": {\"reportId\": \"1\", \"dateRangeStart\":"
    " \"2026-01-01T00:00:00Z\", \"dateRangeEnd\": \"2026-01-02T00:00:00Z\", \"policies\":"
    " [{\"policyType\": \"sts\", \"policyDomain\": \"example.com\", \"policyStrings\": [\"a\"],"
    " \"failureDetails\": [{\"resultType\": \"other\"}, {\"resultType\": \"tlsaInvalid\"}]}]},"
    " \"domain\": \"example.com\", \"createdAt\": \"2026-01-01T00:00:00Z\", \"deliverAt\":"
    " \"2026-01-03T00:00:00Z\"}";

static void
try_patch(const struct type *t, const char *text, const json_t *patch, enum face face)
{
	json_t *sent = json_read(str_of(text), 0, NULL), *stored;
	struct problems p = {0};
	struct record before = {0}, after = {0};
	bool ok = model_record(t, sent, RECORD_MAX, &before, &p);

	assert(ok);
	stored = json_read((struct str){before.text.s, before.text.len}, JSON_ALLOW_NUL, NULL);
	if (model_patch(t, stored, patch, face, &p))
		ok = model_record(t, stored, RECORD_MAX, &after, &p);
	else
		ok = false;
	assert(ok == (p.n == 0 && !p.too_large));
	record_free(&before);
	record_free(&after);
	problems_free(&p);
	json_decref(sent);
	json_decref(stored);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	json_t *patch = json_read((struct str){(const char *)bytes, len},
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	for (enum face face = FACE_ARRAYS; json_is_object(patch) && face <= FACE_MAPS; face++) {
		try_patch(&dmarc_internal_report, dmarc, patch, face);
		try_patch(&tls_internal_report, tls, patch, face);
	}
	json_decref(patch);
	return 0;
}
