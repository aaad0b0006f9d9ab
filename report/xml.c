/* report/xml.c -- writes XML into a buf, with libxml2. */
#include "report/xml.h"

#include <libxml/tree.h>
#include <libxml/uri.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <string.h>

#define FOREIGN_PREFIX "x"
#define INDENT " "
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct xml {
	xmlTextWriterPtr writer;
	struct buf clean; /* the text of the element that is being written */
	bool failed;
};

static int
append(void *out, const char *bytes, int len)
{
	buf_add(out, bytes, (size_t)len);
	return len;
}

static void
check(struct xml *x, int written)
{
	x->failed = x->failed || written < 0;
}

struct xml *
xml_open(struct buf *out)
{
	struct xml *x = mem_new(1, sizeof *x);
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(append, NULL, out, NULL);

	x->writer = xmlNewTextWriter(buffer);
	if (x->writer == NULL) {
		xmlOutputBufferClose(buffer);
		x->failed = true;
		return x;
	}
	check(x, xmlTextWriterSetIndent(x->writer, 1));
	check(x, xmlTextWriterSetIndentString(x->writer, BAD_CAST INDENT));
	check(x, xmlTextWriterStartDocument(x->writer, NULL, "UTF-8", NULL));
	return x;
}

bool
xml_close(struct xml *x)
{
	bool ok;

	if (!x->failed)
		check(x, xmlTextWriterEndDocument(x->writer));
	xmlFreeTextWriter(x->writer);
	buf_free(&x->clean);
	ok = !x->failed;
	free(x);
	return ok;
}

void
xml_begin(struct xml *x, const char *name, const char *namespace)
{
	if (!x->failed)
		check(x,
		    xmlTextWriterStartElementNS(
			x->writer, NULL, BAD_CAST name, BAD_CAST namespace));
}

void
xml_end(struct xml *x)
{
	if (!x->failed)
		check(x, xmlTextWriterEndElement(x->writer));
}

/* The length of a character in valid UTF-8 from its first byte. */
static size_t
character_len(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Whether XML does not allow the character at s (XML 1.0, 2.2). */
static bool
is_forbidden(const unsigned char *s, size_t len)
{
	if (len == 1)
		return s[0] < 0x20 && s[0] != '\t' && s[0] != '\n' && s[0] != '\r';
	return len == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe;
}

static const char *
clean(struct xml *x, struct str text)
{
	size_t len;

	buf_clear(&x->clean);
	for (size_t i = 0; i < text.len; i += len) {
		const unsigned char *s = (const unsigned char *)text.s + i;

		len = character_len(*s);
		if (len > text.len - i || is_forbidden(s, len))
			buf_puts(&x->clean, REPLACEMENT);
		else
			buf_add(&x->clean, s, len);
	}
	return buf_terminate(&x->clean);
}

void
xml_element(struct xml *x, const char *name, struct str text)
{
	if (!x->failed)
		check(x,
		    xmlTextWriterWriteElement(
			x->writer, BAD_CAST name, BAD_CAST clean(x, text)));
}

void
xml_element_int(struct xml *x, const char *name, int64_t n)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%lld", (long long)n);
	xml_element(x, name, str_of(digits));
}

static bool
is_absolute_uri(const char *text)
{
	xmlURIPtr uri = xmlParseURI(text);
	bool absolute = uri != NULL && uri->scheme != NULL;

	xmlFreeURI(uri);
	return absolute;
}

bool
xml_foreign(struct xml *x, const char *name, const char *namespace)
{
	if (xmlValidateNCName(BAD_CAST name, 0) != 0 || !is_absolute_uri(namespace) ||
	    strcmp(namespace, (const char *)XML_XML_NAMESPACE) == 0 ||
	    strncmp(namespace, "http://www.w3.org/2000/xmlns", 28) == 0)
		return false;
	if (x->failed)
		return true;
	check(x,
	    xmlTextWriterStartElementNS(
		x->writer, BAD_CAST FOREIGN_PREFIX, BAD_CAST name, BAD_CAST namespace));
	xml_end(x);
	return true;
}
