/* tests/fuzz/form.c -- what strangers put into a form, behind a question mark, and into a
 * Cookie header. */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/cookie.h"
#include "fcgi/login_page.h"
#include "login/address.h"
#include "login/pkce.h"
#include "login/redirect.h"

#define BASE STR("https://reports.example.com")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A form that is written again reads as the same. */
static void
check_again(const struct form *f)
{
	struct buf text = {0};
	struct form again;

	for (size_t i = 0; i < f->n; i++) {
		form_escape(&text, f->fields[i].name);
		buf_putc(&text, '=');
		form_escape(&text, f->fields[i].value);
		buf_putc(&text, '&');
	}
	if (text.len <= FORM_BYTES_MAX) {
		if (!form_read(&again, buf_str(&text)) || again.n != f->n)
			abort();
		for (size_t i = 0; i < f->n; i++)
			if (!str_equal(f->fields[i].name, again.fields[i].name) ||
			    !str_equal(f->fields[i].value, again.fields[i].value))
				abort();
		form_free(&again);
	}
	buf_free(&text);
}

/* Whatever is asked for, nobody is sent anywhere but where the list allows, in one line; and
 * nothing that was typed is markup. */
static void
check_request(const struct form *f)
{
	struct authorize a;
	struct login_page page = {.authorize = &a, .field = "x"};
	struct buf out = {0};
	bool ok = authorize_read(&a, f, "", BASE);

	if (ok) {
		page.name = a.hint;
		login_page_form(&page, &out);
		if (memmem(out.s, out.len, "<script", 7) != NULL)
			abort();
	}
	if (ok || a.error != NULL) {
		if (!redirect_is_allowed("", BASE, a.redirect))
			abort();
		buf_clear(&out);
		authorize_location(&a, ok ? "code" : NULL, a.error, a.why, BASE, &out);
		if (memchr(out.s, '\n', out.len) != NULL ||
		    memchr(out.s, '\r', out.len) != NULL)
			abort();
	}
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size}, cookie;
	uint8_t out[STORE_CHALLENGE_LEN];
	struct form f;

	cookie = cookie_value(text, "outbox-login");
	if (cookie.len > size)
		abort();
	pkce_of_verifier(text, out);
	pkce_read(text, out);
	address_counted(text, out);
	if (!form_read(&f, text))
		return 0;
	check_again(&f);
	check_request(&f);
	form_free(&f);
	return 0;
}
