/* fcgi/fronts.c -- the problem documents that nginx and Apache send for their own errors. */
#include "fcgi/fronts.h"

#include "jmap/jmap.h"

void
fronts_nginx(struct buf *out)
{
	buf_puts(out,
	    "# nginx/problems.conf -- what nginx's own errors say (base/status.c); included by "
	    "http.conf.  `make problems` writes it.\n"
	    "map $status $report_outbox_problem {\n"
	    "\tdefault '{\"type\":\"about:blank\",\"status\":$status}\\n';\n");
	for (const struct http_status *s = http_statuses; s->status != 0; s++) {
		if (s->front == NULL)
			continue;
		buf_printf(out, "\t%d '", s->status);
		jmap_front_problem(s, out);
		buf_puts(out, "\\n';\n");
	}
	buf_puts(out, "}\n");
}

void
fronts_apache(const struct http_status *s, struct buf *out)
{
	jmap_front_problem(s, out);
	buf_putc(out, '\n');
}
