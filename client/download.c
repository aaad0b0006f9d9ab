/* client/download.c -- downloads (RFC 8620, 6.2). */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"

/* Appends value, percent-encoded as RFC 6570 asks for level 1 templates. */
static void
add_escaped(struct buf *out, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	buf_puts(out, escaped != NULL ? escaped : "");
	curl_free(escaped);
}

/* Appends the template with its variables replaced. variables: name, value, name, value, NULL.
 */
static void
expand(const char *template, const char *const *variables, struct buf *out)
{
	while (*template != '\0') {
		size_t len = strcspn(template, "{"), name_len;
		const char *const *v = variables;

		buf_add(out, template, len);
		template += len;
		if (*template == '\0')
			break;
		template ++;
		name_len = strcspn(template, "}");
		while (*v != NULL && !str_is((struct str){template, name_len}, *v))
			v += 2;
		if (*v != NULL)
			add_escaped(out, v[1]);
		template += name_len + (template[name_len] == '}');
	}
}

bool
client_download(
    struct client *c, const char *blob, const char *type, struct buf *out, struct err *e)
{
	const char *const variables[] = {
	    "accountId", c->account_id, "blobId", blob, "name", blob, "type", type, NULL};
	struct http_answer a = {0};
	struct buf url = {0};
	char *here = NULL;
	bool ok = false;

	if (c->download_url == NULL || c->account_id == NULL)
		return err_set(e, ERR_SERVER_FAIL, "%s offers no downloads", c->settings.url);
	expand(c->download_url, variables, &url);
	here = http_path_on(c->settings.url, buf_terminate(&url));
	if (here == NULL)
		err_set(e, ERR_SERVER_FAIL, "the downloadUrl of %s is no URL", c->settings.url);
	else if (http_get(c->http, here, &a, e) && http_is_ok(&a, here, e)) {
		buf_add_str(out, buf_str(&a.body));
		ok = true;
	}
	http_answer_free(&a);
	buf_free(&url);
	free(here);
	return ok;
}
