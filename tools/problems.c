/* tools/problems.c -- writes nginx/problems.conf and the files in apache/errors/.  Run it in
 * the project's root. */
#include <stdio.h>

#include "base/io.h"
#include "fcgi/fronts.h"

static bool
write_file(const char *path, struct buf *text)
{
	struct err e = {0};
	bool ok = io_write_file(path, buf_str(text), 0644, &e);

	if (!ok)
		fprintf(stderr, "problems: %s\n", e.text);
	buf_free(text);
	return ok;
}

int
main(void)
{
	struct buf text = {0};
	bool ok;

	fronts_nginx(&text);
	ok = write_file("nginx/problems.conf", &text);
	for (const struct http_status *s = http_statuses; s->status != 0; s++) {
		char path[sizeof "apache/errors/.json" + 3 * sizeof s->status];

		if (s->front == NULL)
			continue;
		snprintf(path, sizeof path, "apache/errors/%d.json", s->status);
		fronts_apache(s, &text);
		ok = write_file(path, &text) && ok;
	}
	return ok ? 0 : 1;
}
