/* tests/chaos/check.c -- the checker: compares the journals of the clients with a copy of the
 * store's folder, record by record, index by index, change by change.
 *
 *   check STORE JOURNALS [CHANGES]
 *
 * STORE is recovered in place; CHANGES holds answers of Foo/changes.  It shares no code with
 * storage/.  Its last line is "lost N wrong N"; status 0 if both are 0. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/chaos/contents.h"
#include "tests/chaos/environment.h"
#include "tests/chaos/shelf.h"
#include "tests/chaos/since.h"

static const char letters[] = {'d', 't'};

/* Logs and Berkeley DB's own files are not databases. */
static bool
is_database(const char *name)
{
	return name[0] != '.' && strncmp(name, "log.", 4) != 0 &&
	    strncmp(name, "__db", 4) != 0 && strcmp(name, "lock") != 0;
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

static void
check_type(const char *dir, char letter, const struct history *h, const char *changes,
    struct findings *f)
{
	struct ledger l = {.dir = dir, .history = h, .findings = f, .letter = letter};
	struct err e = {0};
	size_t records = 0;

	if (!ledger_read(&l, &e) || !shelf_check(&l, &records, &e) ||
	    (changes != NULL && !since_check(&l, changes, &e)))
		find_wrong(f, "%s", e.text);
	printf("%s: %zu records, %llu changes, epoch %08x\n", contents_type(letter), records,
	    (unsigned long long)l.n, (unsigned)l.epoch);
	ledger_free(&l);
}

int
main(int argc, char **argv)
{
	struct findings f = {0};
	struct history h = {0};
	struct err e = {0};

	if (argc < 3 || argc > 4) {
		fputs("usage: check STORE JOURNALS [CHANGES]\n", stderr);
		return 2;
	}
	if (!history_read(&h, argv[2], &e) || !environment_recover(argv[1], &e)) {
		find_wrong(&f, "%s", e.text);
		goto out;
	}
	for (size_t i = 0; i < h.n_wrong; i++)
		find_wrong(&f, "%s", h.wrong[i]);
	verify_all(argv[1], &f);
	for (size_t i = 0; i < sizeof letters; i++)
		check_type(argv[1], letters[i], &h, argv[3], &f);
	check_opids(argv[1], &f);
out:
	history_free(&h);
	printf("\nlost %zu wrong %zu\n", f.lost, f.wrong);
	return f.lost + f.wrong == 0 ? 0 : 1;
}
