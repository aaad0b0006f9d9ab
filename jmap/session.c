/* jmap/session.c -- the Session object (RFC 8620, 2). */
#include "jmap/session.h"

#include <sodium.h>
#include <string.h>

#include "base/pack.h"
#include "jmap/write.h"

/* What the capabilities tell of struct limits: those that RFC 8620 names in core, ours in ours.
 */
static const struct {
	const char *capability, *name;
	size_t at;
} published[] = {
    {JMAP_CAPABILITY_CORE, "maxSizeRequest", offsetof(struct limits, max_size_request)},
    {JMAP_CAPABILITY_CORE, "maxConcurrentRequests",
	offsetof(struct limits, max_concurrent_requests)},
    {JMAP_CAPABILITY_CORE, "maxCallsInRequest", offsetof(struct limits, max_calls_in_request)},
    {JMAP_CAPABILITY_CORE, "maxObjectsInGet", offsetof(struct limits, max_objects_in_get)},
    {JMAP_CAPABILITY_CORE, "maxObjectsInSet", offsetof(struct limits, max_objects_in_set)},
    {JMAP_CAPABILITY_OUTBOX, "maxSizeRecord", offsetof(struct limits, max_size_record)},
    {JMAP_CAPABILITY_OUTBOX, "maxSizeResponse", offsetof(struct limits, max_size_response)},
    {JMAP_CAPABILITY_OUTBOX, "maxQueryLimit", offsetof(struct limits, max_query_limit)},
    {JMAP_CAPABILITY_OUTBOX, "maxChanges", offsetof(struct limits, max_changes)},
};
#define N_PUBLISHED (sizeof published / sizeof published[0])

static size_t
limit(const struct limits *l, size_t i)
{
	size_t n;

	memcpy(&n, (const char *)l + published[i].at, sizeof n);
	return n;
}

static void
write_limits(struct buf *out, const struct limits *l, const char *capability)
{
	for (size_t i = 0; i < N_PUBLISHED; i++) {
		if (strcmp(published[i].capability, capability) != 0)
			continue;
		write_name(out, published[i].name);
		buf_printf(out, "%zu", limit(l, i));
	}
}

static void
write_capabilities(struct buf *out, const struct limits *l)
{
	buf_puts(out, "{\"" JMAP_CAPABILITY_CORE "\":{");
	write_limits(out, l, JMAP_CAPABILITY_CORE);
	/* There are no uploads.  One upload at a time is what some clients insist on reading.
	 */
	buf_puts(
	    out, ",\"maxSizeUpload\":0,\"maxConcurrentUpload\":1,\"collationAlgorithms\":[]}");
	buf_puts(out, ",\"" JMAP_CAPABILITY_OUTBOX "\":{");
	write_limits(out, l, JMAP_CAPABILITY_OUTBOX);
	buf_puts(out, "}}");
}

bool
account_is_read_only(const struct principal *p)
{
	permissions write = 0;

	for (size_t i = 0; model_types[i] != NULL; i++)
		write |= permission_of(model_types[i], ACTION_CREATE) |
		    permission_of(model_types[i], ACTION_UPDATE) |
		    permission_of(model_types[i], ACTION_DESTROY);
	return (p->permissions & write) == 0;
}

static void
write_account(struct buf *out, const struct principal *p)
{
	buf_puts(out, "{\"" JMAP_ACCOUNT_ID "\":{\"name\":");
	text_string(out, str_of(p->subject));
	buf_printf(out, ",\"isPersonal\":true,\"isReadOnly\":%s",
	    account_is_read_only(p) ? "true" : "false");
	buf_puts(out, ",\"accountCapabilities\":{\"" JMAP_CAPABILITY_OUTBOX "\":{}}}}");
}

/* RFC 8620 wants all four.  As there are no uploads and no push, the last two lead to answers
 * that say so. */
static const struct {
	const char *name, *path;
} urls[] = {
    {"apiUrl", "/jmap/"},
    {"downloadUrl", "/jmap/download/{accountId}/{blobId}/{name}?accept={type}"},
    {"uploadUrl", "/jmap/upload/{accountId}/"},
    {"eventSourceUrl", "/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}"},
};

static void
write_url(struct buf *out, struct str base, const char *path)
{
	struct buf url = {0};

	buf_add_str(&url, base);
	buf_puts(&url, path);
	text_string(out, buf_str(&url));
	buf_free(&url);
}

/* All but the state. */
static void
write_session(
    const struct jmap *j, const struct principal *p, struct str base_url, struct buf *out)
{
	buf_puts(out, "{\"capabilities\":");
	write_capabilities(out, j->limits);
	buf_puts(out, ",\"accounts\":");
	write_account(out, p);
	/* RFC 8620 has no primary account for core, but clients look there. */
	buf_puts(out,
	    ",\"primaryAccounts\":{\"" JMAP_CAPABILITY_CORE "\":\"" JMAP_ACCOUNT_ID
	    "\",\"" JMAP_CAPABILITY_OUTBOX "\":\"" JMAP_ACCOUNT_ID "\"}");
	write_name(out, "username");
	text_string(out, str_of(p->subject));
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		write_name(out, urls[i].name);
		write_url(out, base_url, urls[i].path);
	}
}

void
jmap_session(
    const struct jmap *j, const struct principal *p, struct str base_url, struct buf *out)
{
	write_session(j, p, base_url, out);
	write_name(out, "state");
	write_session_state(out, j, p, base_url);
	buf_putc(out, '}');
}

#define SESSION_HASH_LEN 16

void
write_session_state(
    struct buf *out, const struct jmap *j, const struct principal *p, struct str base_url)
{
	unsigned char hash[SESSION_HASH_LEN];
	char text[2 * sizeof hash + 1];
	struct buf all = {0};

	write_session(j, p, base_url, &all);
	pack_u64(&all, p->permissions);
	crypto_generichash(hash, sizeof hash, (unsigned char *)all.s, all.len, NULL, 0);
	text_string(out, str_of(sodium_bin2hex(text, sizeof text, hash, sizeof hash)));
	buf_free(&all);
}
