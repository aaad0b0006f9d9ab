/* tests/answers.c -- what a method answers. */
#include "tests/answers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>

#include "jmap/reference.h"

bool
answer_has(json_t *v, const char *path, const char *json)
{
	json_t *found = pointer_follow(v, str_of(path), NULL);
	json_t *want =
	    json == NULL ? NULL : json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	bool same = found == NULL || want == NULL ? found == want : json_equal(found, want);

	if (!same) {
		char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

		fprintf(
		    stderr, "%s is not %s in %.2000s\n", path, json ? json : "absent", text);
		free(text);
	}
	json_decref(found);
	json_decref(want);
	return same;
}

void
answer_expect(struct outbox *o, enum face face, const char *method, const char *args,
    const char *path, const char *json)
{
	json_t *answer = outbox_call(o, face, method, args);

	CU_ASSERT_TRUE(answer_has(answer, path, json));
	json_decref(answer);
}

char *
text_repeated(
    const char *open, const char *before, const char *after, size_t n, const char *close)
{
	struct buf text = {0};

	buf_puts(&text, open);
	for (size_t i = 1; i <= n; i++)
		buf_printf(&text, "%s%s%010zu%s", i > 1 ? "," : "", before, i, after);
	buf_puts(&text, close);
	buf_terminate(&text);
	return text.s;
}

void
outbox_fill(struct outbox *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		answer_expect(o, FACE_MAPS, D "set", CREATE, "/notCreated", "null");
}
