/* tests/records.c -- FastCGI records as a web server sends them, right and wrong. */
#include "tests/records.h"

#include <string.h>

void
records_put(struct buf *b, unsigned char version, unsigned char type, unsigned id,
    struct str content, struct str padding)
{
	const FCGI_Header h = {.version = version,
	    .type = type,
	    .requestIdB1 = (unsigned char)(id >> 8),
	    .requestIdB0 = (unsigned char)id,
	    .contentLengthB1 = (unsigned char)(content.len >> 8),
	    .contentLengthB0 = (unsigned char)content.len,
	    .paddingLength = (unsigned char)padding.len};

	buf_add(b, &h, sizeof h);
	buf_add_str(b, content);
	buf_add_str(b, padding);
}

void
records_add(struct buf *b, unsigned char type, unsigned id, struct str content)
{
	records_put(b, FCGI_VERSION_1, type, id, content, (struct str){0});
}

void
records_begin(struct buf *b, unsigned id, unsigned char role, bool keep)
{
	const FCGI_BeginRequestBody body = {.roleB0 = role, .flags = keep ? FCGI_KEEP_CONN : 0};

	records_add(b, FCGI_BEGIN_REQUEST, id, (struct str){(const char *)&body, sizeof body});
}

static void
put_length(struct buf *b, size_t len)
{
	if (len < 128) {
		buf_putc(b, (char)len);
		return;
	}
	buf_putc(b, (char)(len >> 24 | 0x80));
	buf_putc(b, (char)(len >> 16));
	buf_putc(b, (char)(len >> 8));
	buf_putc(b, (char)len);
}

void
records_param(struct buf *b, struct str name, struct str value)
{
	put_length(b, name.len);
	put_length(b, value.len);
	buf_add_str(b, name);
	buf_add_str(b, value);
}

bool
records_are_end(struct str records, unsigned id, unsigned char protocol_status)
{
	FCGI_EndRequestRecord r;

	if (records.len != sizeof r)
		return false;
	memcpy(&r, records.s, sizeof r);
	return r.header.type == FCGI_END_REQUEST &&
	    (unsigned)(r.header.requestIdB1 << 8 | r.header.requestIdB0) == id &&
	    r.body.protocolStatus == protocol_status;
}
