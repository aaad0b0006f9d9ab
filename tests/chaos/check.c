/* tests/chaos/check.c -- the checker: compares the journals of the clients with a copy of the
 * store's folder, record by record, index by index, change by change.
 *
 *   check [--moment DMARC TLS] STORE JOURNALS [CHANGES]
 *
 * STORE is recovered in place; CHANGES holds answers of Foo/changes.  A moment is that of a
 * backup: it has at least the changes up to those two numbers, and none of its own.  It shares
 * no code with storage/.  Its last line is "lost N wrong N"; status 0 if both are 0. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/chaos/contents.h"
#include "tests/chaos/environment.h"
#include "tests/chaos/shelf.h"
#include "tests/chaos/since.h"

static const char letters[] = {'d', 't'};

/* Logs, Berkeley DB's own files and the store's notes are not databases. */
static bool
is_database(const char *name)
{
	static const char *const others[] = {".", "log.", "__db", "lock", "sizes", "suspect"};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return true;
}

static void
verify_all(const char *dir, struct findings *f)
{
	const struct dirent *d;
	DIR *files = opendir(dir);

	if (files == NULL) {
		find_wrong(f, "%s cannot be read", dir);
		return;
	}
	while ((d = readdir(files)) != NULL) {
		struct err e = {0};

		if (is_database(d->d_name) && !environment_verify(dir, d->d_name, &e))
			find_wrong(f, "%s", e.text);
	}
	closedir(files);
}

/* --- operation ids: each under its time --- */

struct opids {
	size_t ids, times;
	uint64_t sum; /* of all their bytes, in no order: the same on both sides */
};

static uint64_t
sum_of(const char *bytes, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)bytes[i]) * 0x100000001b3;
	return h;
}

static void
take_opid(void *arg, struct str key, struct str value)
{
	struct opids *o = arg;
	struct buf both = {0};

	buf_add(&both, value.s, value.len < 8 ? value.len : 8);
	buf_add_str(&both, key);
	o->ids++;
	o->sum += sum_of(both.s, both.len);
	buf_free(&both);
}

static void
take_time(void *arg, struct str key, struct str value)
{
	struct opids *o = arg;

	(void)value;
	o->times++;
	o->sum -= sum_of(key.s, key.len);
}

static void
check_opids(const char *dir, struct findings *f)
{
	struct opids o = {0};
	struct err e = {0};

	if (!environment_walk(dir, "opids", take_opid, &o, &e) ||
	    !environment_walk(dir, "opids.time", take_time, &o, &e))
		find_wrong(f, "%s", e.text);
	else if (o.ids != o.times || o.sum != 0)
		find_wrong(f, "opids has %zu, opids.time %zu, and they differ", o.ids, o.times);
}

/* --- all --- */

struct asked {
	const char *store, *journals, *changes; /* changes: NULL for none */
	bool moment;
	uint64_t at_least[sizeof letters];
};

static void
check_type(const struct asked *a, size_t type, const struct history *h, struct findings *f)
{
	struct ledger l = {
	    .dir = a->store, .history = h, .findings = f, .letter = letters[type]};
	struct err e = {0};
	size_t records = 0;

	l.moment = a->moment;
	l.at_least = a->at_least[type];
	if (!ledger_read(&l, &e) || !shelf_check(&l, &records, &e) ||
	    (a->changes != NULL && !since_check(&l, a->changes, &e)))
		find_wrong(f, "%s", e.text);
	printf("%s: %zu records, %llu changes, epoch %08x\n", contents_type(l.letter), records,
	    (unsigned long long)l.n, (unsigned)l.epoch);
	ledger_free(&l);
}

static void
check_all(const struct asked *a, struct findings *f)
{
	struct history h = {0};
	struct err e = {0};

	if (!history_read(&h, a->journals, &e) || !environment_recover(a->store, &e)) {
		find_wrong(f, "%s", e.text);
		goto out;
	}
	verify_all(a->store, f);
	if (f->wrong > 0) /* a cursor could go round in circles */
		goto out;
	for (size_t i = 0; i < h.n_wrong && !a->moment; i++)
		find_wrong(f, "%s", h.wrong[i]);
	for (size_t i = 0; i < sizeof letters; i++)
		check_type(a, i, &h, f);
	check_opids(a->store, f);
out:
	history_free(&h);
}

static bool
read_arguments(struct asked *a, char **argv, int argc)
{
	*a = (struct asked){0};
	a->moment = argc > 3 && strcmp(argv[1], "--moment") == 0;
	for (size_t i = 0; a->moment && i < sizeof letters; i++)
		if (!str_to_u64(str_of(argv[2 + i]), UINT64_MAX, &a->at_least[i]))
			return false;
	argv += a->moment ? 4 : 1;
	argc -= a->moment ? 4 : 1;
	if (argc < 2 || argc > 3)
		return false;
	a->store = argv[0];
	a->journals = argv[1];
	a->changes = argv[2];
	return true;
}

int
main(int argc, char **argv)
{
	struct findings f = {0};
	struct asked a;

	if (!read_arguments(&a, argv, argc)) {
		fputs("usage: check [--moment DMARC TLS] STORE JOURNALS [CHANGES]\n", stderr);
		return 2;
	}
	check_all(&a, &f);
	printf("\nlost %zu wrong %zu\n", f.lost, f.wrong);
	return f.lost + f.wrong == 0 ? 0 : 1;
}
