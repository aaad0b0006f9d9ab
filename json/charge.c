/* json/charge.c -- charges a budget for walking a JSON tree. */
#include "json/charge.h"

/* Recursive, at most to the depth that Jansson allows: JSON_PARSER_MAX_DEPTH. */
bool
json_charge(struct budget *b, const json_t *v, unsigned price)
{
	json_t *tree = (json_t *)v, *one;
	size_t i;

	if (!budget_charge(
		b, price * (1 + (uint64_t)json_string_length(v) / JSON_TEXT_BYTES_PER_UNIT)))
		return false;
	json_array_foreach(tree, i, one)
		if (!json_charge(b, one, price))
			return false;
	for (void *at = json_object_iter(tree); at != NULL;
	     at = json_object_iter_next(tree, at))
		if (!budget_charge(
			b, price * (json_object_iter_key_len(at) / JSON_TEXT_BYTES_PER_UNIT)) ||
		    !json_charge(b, json_object_iter_value(at), price))
			return false;
	return true;
}
