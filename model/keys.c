/* model/keys.c -- from canonical JSON text to the values that storage indexes. */
#include "model/keys.h"

#include <assert.h>

#include "base/date.h"

static struct str
unquoted(struct str value)
{
	return (struct str){value.s + 1, value.len - 2};
}

static int64_t
seconds(struct str value)
{
	int64_t s = 0;
	bool ok = date_parse(unquoted(value), &s);

	assert(ok);
	(void)ok;
	return s;
}

static void
take_domain(struct keys *k, struct str value)
{
	k->domain = unquoted(value); /* nothing in a domain is escaped */
}

static void
take_created_at(struct keys *k, struct str value)
{
	k->created_at = seconds(value);
}

static void
take_deliver_at(struct keys *k, struct str value)
{
	k->deliver_at = seconds(value);
}

/* The number in the digits at the start of *s, taken off. */
static uint64_t
take_number(struct str *s)
{
	uint64_t n = 0;

	for (; s->len > 0 && s->s[0] >= '0' && s->s[0] <= '9'; s->s++, s->len--)
		n = n * 10 + (uint64_t)(s->s[0] - '0');
	return n;
}

/* 12, or [12,13], or [] */
static void
take_policies(struct keys *k, struct str value)
{
	if (str_cut_prefix(&value, "["))
		value.len--;
	while (value.len > 0) {
		assert(k->n_policies < MODEL_MAX_INDEXED_VALUES);
		k->policies[k->n_policies++] = take_number(&value);
		str_cut_prefix(&value, ",");
	}
}

void
keys_take(struct keys *k, enum key key, struct str value)
{
	static void (*const take[KEY__COUNT])(struct keys * k, struct str value) = {
	    [KEY_DOMAIN] = take_domain,
	    [KEY_CREATED_AT] = take_created_at,
	    [KEY_DELIVER_AT] = take_deliver_at,
	    [KEY_POLICY] = take_policies,
	};

	take[key](k, value);
}
