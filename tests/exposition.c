/* tests/exposition.c -- reads what Prometheus reads, and forgives nothing. */
#include "tests/exposition.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 4096
#define NAME_BYTES 128

struct reading {
	char family[NAME_BYTES], kind[NAME_BYTES]; /* of the last HELP and TYPE; "": none yet */
	struct str samples[SAMPLES_MAX];           /* names and labels, to find one twice */
	size_t n;
	struct str families[SAMPLES_MAX]; /* that have had a HELP */
	size_t n_families;
	struct str series; /* of the histogram under way: its labels but le */
	double le, below;  /* its last bucket */
	bool whole;        /* it has had its +Inf */
};

struct sample {
	struct str name, labels, le; /* labels without le */
	struct str head;             /* name and labels, as they stand there */
	double value;
};

static size_t
name_length(struct str s, const char *more)
{
	size_t n = 0;

	while (n < s.len &&
	    (isalpha((unsigned char)s.s[n]) || s.s[n] == '_' ||
		(n > 0 && isdigit((unsigned char)s.s[n])) ||
		(s.s[n] != '\0' && strchr(more, s.s[n]) != NULL)))
		n++;
	return n;
}

static struct str
cut(struct str *s, size_t n)
{
	struct str front = {s->s, n};

	s->s += n;
	s->len -= n;
	return front;
}

/* "value", with \\, \" and \n in it. */
static bool
quoted(struct str *s, struct str *value)
{
	size_t n = 0;

	if (!str_cut_prefix(s, "\""))
		return false;
	while (n < s->len && s->s[n] != '"') {
		if (s->s[n] == '\\' && (n + 1 == s->len || strchr("\\\"n", s->s[++n]) == NULL))
			return false;
		n++;
	}
	*value = cut(s, n);
	return str_cut_prefix(s, "\"");
}

/* {a="b",le="1"}: le, where there is one, is the last. */
static bool
labels(struct str *s, struct sample *x)
{
	const char *begin = s->s;

	if (!str_cut_prefix(s, "{"))
		return true;
	while (x->le.s == NULL) {
		struct str name = cut(s, name_length(*s, "")), value;

		if (name.len == 0 || !str_cut_prefix(s, "=") || !quoted(s, &value))
			return false;
		if (str_is(name, "le"))
			x->le = value;
		else
			x->labels = (struct str){begin, (size_t)(s->s - begin)};
		if (str_cut_prefix(s, "}"))
			return true;
		if (!str_cut_prefix(s, ","))
			return false;
	}
	return false;
}

static bool
number(struct str s, double *value)
{
	char text[64] = "", *end;

	if (s.len == 0 || s.len >= sizeof text || isspace((unsigned char)s.s[0]))
		return false;
	memcpy(text, s.s, s.len);
	*value = strcmp(text, "+Inf") == 0 ? INFINITY : strtod(text, &end);
	return isinf(*value) || *end == '\0';
}

static bool
read_sample(struct str line, struct sample *x)
{
	*x = (struct sample){.head = line};
	x->name = cut(&line, name_length(line, ":"));
	if (x->name.len == 0 || !labels(&line, x))
		return false;
	x->head.len = (size_t)(line.s - x->head.s);
	return str_cut_prefix(&line, " ") && number(line, &x->value);
}

/* One of a histogram's lines: buckets, sum, count, of one series after the other. */
static bool
check_histogram(struct reading *r, const struct sample *x, struct str suffix)
{
	double le;

	if (str_is(suffix, "_sum") || str_is(suffix, "_count"))
		return r->whole && x->le.s == NULL && str_equal(x->labels, r->series) &&
		    (str_is(suffix, "_sum") || x->value == r->below);
	if (!str_is(suffix, "_bucket") || x->le.s == NULL || !number(x->le, &le))
		return false;
	if (r->series.s == NULL || r->whole || !str_equal(x->labels, r->series)) {
		r->le = -INFINITY;
		r->below = 0;
	}
	if (le <= r->le || x->value < r->below)
		return false;
	r->series = x->labels.s != NULL ? x->labels : STR("");
	r->le = le;
	r->below = x->value;
	r->whole = isinf(le);
	return true;
}

static bool
check_sample(struct reading *r, struct str line)
{
	struct sample x;
	struct str suffix;

	if (!read_sample(line, &x) || r->kind[0] == '\0' || r->n == SAMPLES_MAX)
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (str_equal(r->samples[i], x.head))
			return false;
	r->samples[r->n++] = x.head;
	suffix = x.name;
	if (!str_cut_prefix(&suffix, r->family))
		return false;
	if (strcmp(r->kind, "histogram") == 0)
		return check_histogram(r, &x, suffix);
	return suffix.len == 0 && x.le.s == NULL && !isinf(x.value) &&
	    (strcmp(r->kind, "counter") != 0 || x.value >= 0);
}

static void
keep(char to[static NAME_BYTES], struct str from)
{
	memset(to, 0, NAME_BYTES);
	memcpy(to, from.s, from.len < NAME_BYTES ? from.len : NAME_BYTES - 1);
}

static bool
check_help(struct reading *r, struct str line)
{
	struct str name = cut(&line, name_length(line, ":"));

	for (size_t i = 0; i < r->n_families; i++)
		if (str_equal(r->families[i], name))
			return false;
	r->families[r->n_families++] = name;
	keep(r->family, name);
	r->kind[0] = '\0';
	r->series = (struct str){0};
	return name.len > 0 && line.len > 1 && line.s[0] == ' ' &&
	    r->n_families < SAMPLES_MAX && memchr(line.s, '\\', line.len) == NULL;
}

static bool
check_type(struct reading *r, struct str line)
{
	static const char *const kinds[] = {"counter", "gauge", "histogram"};
	struct str name = cut(&line, name_length(line, ":"));

	if (!str_is(name, r->family) || r->kind[0] != '\0' || !str_cut_prefix(&line, " "))
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_is(line, kinds[i]))
			keep(r->kind, line);
	return r->kind[0] != '\0';
}

static bool
check_line(struct reading *r, struct str line)
{
	if (str_cut_prefix(&line, "# HELP "))
		return check_help(r, line);
	if (str_cut_prefix(&line, "# TYPE "))
		return check_type(r, line);
	return check_sample(r, line);
}

bool
exposition_check(struct str text, struct err *e)
{
	struct reading *r = mem_new(1, sizeof *r);
	bool ok = true;

	while (ok && text.len > 0) {
		const char *end = memchr(text.s, '\n', text.len);
		struct str line = {text.s, end != NULL ? (size_t)(end - text.s) : text.len};

		ok = end != NULL && check_line(r, line);
		if (!ok)
			err_set(e, ERR_SERVER_FAIL, "%.*s", (int)line.len, line.s);
		else
			cut(&text, line.len + 1);
	}
	free(r);
	return ok;
}

bool
exposition_value(struct str text, const char *sample, double *value)
{
	while (text.len > 0) {
		const char *end = memchr(text.s, '\n', text.len);
		struct str line = {text.s, end != NULL ? (size_t)(end - text.s) : text.len};

		cut(&text, end != NULL ? line.len + 1 : line.len);
		if (str_cut_prefix(&line, sample) && str_cut_prefix(&line, " "))
			return number(line, value);
	}
	return false;
}
