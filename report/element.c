/* report/element.c -- writes the elements of a DMARC document: one function for each kind of
 * value. */
#include "report/element.h"

#include <string.h>

#include "model/kinds.h"

void
write_elements(struct dmarc *d, const struct element *el, const json_t *object)
{
	for (; el->name != NULL; el++)
		if (el->formats == 0 || el->formats >> d->format & 1)
			el->write(d, el,
			    el->field == NULL ? object : json_object_get(object, el->field));
}

void
write_parent(struct dmarc *d, const struct element *el, const json_t *v)
{
	xml_begin(d->xml, el->name, NULL);
	write_elements(d, el->children, v);
	xml_end(d->xml);
}

void
write_each(struct dmarc *d, const struct element *el, const json_t *v)
{
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one)
		write_parent(d, el, one);
}

void
write_text(struct dmarc *d, const struct element *el, const json_t *v)
{
	if (json_is_string(v))
		xml_element(d->xml, el->name, text_from(v));
}

void
write_count(struct dmarc *d, const struct element *el, const json_t *v)
{
	xml_element_int(d->xml, el->name, json_integer_value(v));
}

const char *
word_for(const struct word *words, struct str value)
{
	for (; words->value != NULL; words++)
		if (str_is(value, words->value))
			return words->in_xml;
	return NULL;
}

void
write_word(struct dmarc *d, const struct element *el, const json_t *v)
{
	const char *word = word_for(el->words, text_from(v));

	if (word != NULL)
		xml_element(d->xml, el->name, str_of(word));
}

void
write_joined(struct dmarc *d, const struct element *el, const json_t *v)
{
	struct buf all = {0};
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one) {
		const char *word =
		    el->words != NULL ? word_for(el->words, text_from(one)) : NULL;

		if (i > 0)
			buf_puts(&all, el->words != NULL ? ":" : "; ");
		buf_add_str(&all, word != NULL ? str_of(word) : text_from(one));
	}
	if (json_array_size(v) > 0)
		xml_element(d->xml, el->name, buf_str(&all));
	buf_free(&all);
}

void
write_domain(struct dmarc *d, const struct element *el, const json_t *v)
{
	struct buf a_labels = {0};
	bool ok = domain_canonical(NULL, text_from(v), &a_labels);

	xml_element(d->xml, el->name, ok ? buf_str(&a_labels) : text_from(v));
	buf_free(&a_labels);
}

void
write_extensions(struct dmarc *d, const json_t *v)
{
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one) {
		const char *name = json_string_value(json_object_get(one, "name"));
		const char *uri = json_string_value(json_object_get(one, "definition"));

		if (d->format != REPORT_9990 || name == NULL || uri == NULL ||
		    strcmp(uri, NAMESPACE_9990) == 0 || !xml_foreign(d->xml, name, uri))
			d->left->extensions++;
	}
}
