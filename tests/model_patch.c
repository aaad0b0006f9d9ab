/* tests/model_patch.c -- PatchObject (RFC 8620, 5.3): what each key does, and what is refused.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/patch.h"
#include "tests/model_toy.h"
#include "tests/suites.h"

#define ITEM_A "{\"n\":1,\"who\":\"a\",\"marks\":[\"red\"]}"
#define ITEM_B "{\"n\":2,\"who\":null,\"marks\":[]}"
#define ITEM_0 "{\"n\":0,\"who\":null,\"marks\":[]}"

#define TAGS "\"tags\":[\"a@a.example\",\"b/~@a.example\"]"
#define IDS "\"ids\":[12,1]"
#define COUNT_3 "\"count\":3"
#define PART(title, version, note, items)                                                      \
	"\"part\":{\"title\":" title ",\"version\":" version ",\"note\":" note                 \
	",\"items\":[" items "]}"
#define PART_AB PART("\"t\"", "2.0", "\"n\"", ITEM_A "," ITEM_B)
#define DOMAIN "\"domain\":\"a.example\""

/* What the patches are applied to. */
#define STORED "{" TAGS "," IDS "," COUNT_3 "," PART_AB "," DOMAIN "}"

/* A patch, and the record after it, or its problems as lines. */
struct patch_case {
	enum face face;
	const char *patch, *result;
};

static void
check_patches(const struct patch_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *record = toy_parse(STORED), *patch = toy_parse(cases[i].patch);
		json_t *sent = json_deep_copy(patch);
		struct problems p = {0};
		struct buf got = {0};

		if (model_patch(&toy, record, patch, cases[i].face, &p))
			toy_record(&toy, record, &got);
		else
			toy_problems(&p, &got);
		buf_terminate(&got);
		if (strcmp(got.s, cases[i].result) != 0)
			printf("\n  %s:\n  got  %s\n  want %s\n", cases[i].patch, got.s,
			    cases[i].result);
		CU_ASSERT_STRING_EQUAL(got.s, cases[i].result);
		CU_ASSERT_TRUE(json_equal(patch, sent));
		problems_free(&p);
		buf_free(&got);
		json_decref(record);
		json_decref(patch);
		json_decref(sent);
	}
}

#define CHECK(cases) check_patches(cases, sizeof(cases) / sizeof(cases)[0])

static void
a_property_is_set_or_reset(void)
{
	static const struct patch_case cases[] = {
	    {FACE_ARRAYS, "{}", STORED},
	    {FACE_ARRAYS, "{\"count\": 4}",
		"{" TAGS "," IDS ",\"count\":4," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"count\": null}",
		"{" TAGS "," IDS ",\"count\":7," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"tags\": []}",
		"{\"tags\":[]," IDS "," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"tags\": null, \"ids\": {}}",
		"{\"tags\":[],\"ids\":[]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"ids\": {\"5\": true}}",
		"{" TAGS ",\"ids\":[5]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"ids\": [5]}",
		"{" TAGS ",\"ids\":[5]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS,
		"{\"part/title\": \"u\", \"part/note\": null, \"part/version\": null}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"u\"", "1.0", "null", ITEM_A "," ITEM_B) "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"part/items\": {\"3\": {}}}",
		"{" TAGS "," IDS "," COUNT_3
		"," PART("\"t\"", "2.0", "\"n\"", ITEM_0) "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"part\": {\"title\": \"u\"}}",
		"{" TAGS "," IDS "," COUNT_3 "," PART("\"u\"", "1.0", "null", "") "," DOMAIN
										  "}"},
	    {FACE_ARRAYS, STORED, STORED},
	};

	CHECK(cases);
}

static void
a_property_that_cannot_be_is_named(void)
{
	static const struct patch_case cases[] = {
	    {FACE_ARRAYS, "{\"part\": null}", "part: is required\n"},
	    {FACE_ARRAYS, "{\"part/title\": null, \"domain\": null}",
		"part/title: is required\ndomain: is required\n"},
	    {FACE_ARRAYS, "{\"description\": \"x\"}",
		"description: is not a property of Toy\n"},
	    {FACE_ARRAYS, "{\"id\": \"x\"}", "id: is not a property of Toy\n"},
	    {FACE_ARRAYS, "{\"\": 1}", ": is not a property of Toy\n"},
	    {FACE_ARRAYS, "{\"part/\": 1}", "part/: is not a property of Part\n"},
	    {FACE_ARRAYS, "{\"part/x~1y\": 1}", "part/x~1y: is not a property of Part\n"},
	    {FACE_MAPS, "{\"part/items/0/x\": 1}",
		"part/items/0/x: is not a property of Item\n"},
	    {FACE_MAPS, "{\"part/items/x\": {}, \"part/items/01\": null}",
		"part/items/01: must be a decimal index without leading zeros\n"
		"part/items/x: must be a decimal index without leading zeros\n"},
	    {FACE_ARRAYS, "{\"count\": -1}",
		"count: must be an integer from 0 to 9007199254740991\n"},
	    {FACE_MAPS, "{\"part/items/0/n\": \"x\"}",
		"part/items/0/n: must be an integer from 0 to 9007199254740991\n"},
	    {FACE_MAPS, "{\"part/items/7\": {\"n\": \"x\"}, \"part/items/8\": true}",
		"part/items/7/n: must be an integer from 0 to 9007199254740991\n"
		"part/items/8: must be an object\n"},
	    {FACE_MAPS, "{\"tags/x~1y\": true, \"tags/c@a.example\": false, \"ids/01\": true}",
		"tags/x~1y: must be an e-mail address, such as reports@example.com\n"
		"tags/c@a.example: must be true\n"
		"ids/01: must be an integer from 0 to 9007199254740991\n"},
	    {FACE_MAPS, "{\"tags/a@a.example\": false}", "tags/a@a.example: must be true\n"},
	    {FACE_MAPS, "{\"part/items/0/marks/green\": true}",
		"part/items/0/marks/green: must be one of red, blue\n"},
	};

	CHECK(cases);
}

static void
a_member_of_a_set_comes_and_goes(void)
{
	static const struct patch_case cases[] = {
	    {FACE_MAPS, "{\"tags/c@a.example\": true}",
		"{\"tags\":[\"a@a.example\",\"b/~@a.example\",\"c@a.example\"]," IDS "," COUNT_3
		"," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/a@a.example\": null}",
		"{\"tags\":[\"b/~@a.example\"]," IDS "," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/b~1~0@a.example\": null}",
		"{\"tags\":[\"a@a.example\"]," IDS "," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/c~1d@a.example\": true, \"tags/a@a.example\": null}",
		"{\"tags\":[\"b/~@a.example\",\"c/d@a.example\"]," IDS "," COUNT_3 "," PART_AB
		"," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/mailto:a@a.example\": null}",
		"{\"tags\":[\"b/~@a.example\"]," IDS "," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_ARRAYS, "{\"description\": null, \"part/description\": null}", STORED},
	    {FACE_MAPS, "{\"tags/mailto:a@a.example\": true}", STORED},
	    {FACE_MAPS, "{\"tags/a@a.example\": true, \"tags/mailto:a@a.example\": null}",
		"{\"tags\":[\"b/~@a.example\",\"a@a.example\"]," IDS "," COUNT_3 "," PART_AB
		"," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/nobody@a.example\": null, \"tags/nonsense\": null}", STORED},
	    {FACE_MAPS, "{\"ids/12\": null, \"ids/5\": true}",
		"{" TAGS ",\"ids\":[1,5]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"ids/1\": null}",
		"{" TAGS ",\"ids\":[12]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"ids/5\": true, \"ids/6\": true}",
		"ids: must have at most 3 members\n"},
	    {FACE_MAPS, "{\"part/items/1/marks/blue\": true, \"part/items/0/marks/red\": null}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"",
		    "{\"n\":1,\"who\":\"a\",\"marks\":[]},{\"n\":2,\"who\":null,\"marks\":["
		    "\"blue\"]}") ","
				  "" DOMAIN "}"},
	};

	CHECK(cases);
}

static void
an_item_of_a_list_is_edited_replaced_appended_removed(void)
{
	static const struct patch_case cases[] = {
	    {FACE_MAPS, "{\"part/items/1/n\": 5, \"part/items/0/who\": null}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"",
		    "{\"n\":1,\"who\":null,\"marks\":[\"red\"]},{\"n\":5,\"who\":null,"
		    "\"marks\":[]}") ","
				     "" DOMAIN "}"},
	    {FACE_MAPS, "{\"part/items/0/n\": null}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"",
		    "{\"n\":0,\"who\":\"a\",\"marks\":[\"red\"]}," ITEM_B) "," DOMAIN "}"},
	    {FACE_MAPS, "{\"part/items/0\": {}}",
		"{" TAGS "," IDS "," COUNT_3
		"," PART("\"t\"", "2.0", "\"n\"", ITEM_0 "," ITEM_B) ","
								     "" DOMAIN "}"},
	    {FACE_MAPS, "{\"part/items/0\": null}",
		"{" TAGS "," IDS "," COUNT_3
		"," PART("\"t\"", "2.0", "\"n\"", ITEM_B) "," DOMAIN "}"},
	    {FACE_MAPS, "{\"part/items/0\": null, \"part/items/1\": null}",
		"{" TAGS "," IDS "," COUNT_3 "," PART("\"t\"", "2.0", "\"n\"", "") "," DOMAIN
										   "}"},
	    {FACE_MAPS, "{\"part/items/2\": {}}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"", ITEM_A "," ITEM_B "," ITEM_0) "," DOMAIN "}"},
	    {FACE_MAPS, "{\"part/items/9\": null}", STORED},
	    /* Indexes are those before the patch, and appended ones are in numeric order.
	     */
	    {FACE_MAPS,
		"{\"part/items/10\": {}, \"part/items/0\": null, \"part/items/1/n\": 3}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"",
		    "{\"n\":3,\"who\":null,\"marks\":[]}," ITEM_0) ","
								   "" DOMAIN "}"},
	    {FACE_MAPS,
		"{\"part/items/10\": {\"n\": 10}, \"part/items/9\": {\"n\": 9},"
		" \"part/items/0\": null, \"part/items/1\": null}",
		"{" TAGS "," IDS "," COUNT_3 ","
		"" PART("\"t\"", "2.0", "\"n\"",
		    "{\"n\":9,\"who\":null,\"marks\":[]},{\"n\":10,\"who\":null,\"marks\":["
		    "]}") ","
			  "" DOMAIN "}"},
	};

	CHECK(cases);
}

#define NO_PARENT "points into what does not exist or is not an object\n"
#define ARRAY "points into an array, which can only be replaced as a whole\n"
#define BESIDE "cannot be patched together with what it is in\n"

static void
a_patch_that_cannot_be_applied_is_refused(void)
{
	static const struct patch_case cases[] = {
	    {FACE_ARRAYS, "{\"part\": {\"title\": \"u\"}, \"part/title\": \"v\"}",
		"invalidPatch\npart/title: " BESIDE},
	    {FACE_ARRAYS, "{\"part/title\": \"v\", \"count\": 1, \"part\": null}",
		"invalidPatch\npart/title: " BESIDE},
	    {FACE_MAPS,
		"{\"part/items/0/n\": 1, \"part/items/0!\": {}, \"part/items/0\": null}",
		"invalidPatch\npart/items/0/n: " BESIDE},
	    {FACE_MAPS, "{\"part/items/9\": {}, \"part/items/9/n\": 1}",
		"invalidPatch\npart/items/9/n: " BESIDE},
	    {FACE_ARRAYS, "{\"/count\": 1}", "invalidPatch\n/count: " NO_PARENT},
	    {FACE_ARRAYS, "{\"nope/title\": 1}", "invalidPatch\nnope/title: " NO_PARENT},
	    {FACE_ARRAYS, "{\"domain/x\": 1}", "invalidPatch\ndomain/x: " NO_PARENT},
	    {FACE_ARRAYS, "{\"count/0\": null}", "invalidPatch\ncount/0: " NO_PARENT},
	    {FACE_ARRAYS, "{\"part/note/x\": null}", "invalidPatch\npart/note/x: " NO_PARENT},
	    {FACE_ARRAYS, "{\"tags/0\": \"x@a.example\"}", "invalidPatch\ntags/0: " ARRAY},
	    {FACE_ARRAYS, "{\"tags/x@a.example\": true}",
		"invalidPatch\ntags/x@a.example: " ARRAY},
	    {FACE_ARRAYS, "{\"part/items/0\": null}", "invalidPatch\npart/items/0: " ARRAY},
	    {FACE_ARRAYS, "{\"part/items/0/n\": 1}", "invalidPatch\npart/items/0/n: " ARRAY},
	    {FACE_MAPS, "{\"part/items/2/n\": 1}", "invalidPatch\npart/items/2/n: " NO_PARENT},
	    {FACE_MAPS, "{\"part/items/x/n\": 1}", "invalidPatch\npart/items/x/n: " NO_PARENT},
	    {FACE_MAPS, "{\"part/items/00/n\": 1}",
		"invalidPatch\npart/items/00/n: " NO_PARENT},
	    {FACE_MAPS, "{\"tags/a@a.example/x\": 1}",
		"invalidPatch\ntags/a@a.example/x: " NO_PARENT},
	    {FACE_MAPS, "{\"tags/b/~0@a.example\": null}",
		"invalidPatch\ntags/b/~0@a.example: " NO_PARENT},
	    {FACE_MAPS, "{\"tags/a~2\": true}",
		"invalidPatch\ntags/a~2: is not a JSON Pointer\n"},
	    {FACE_MAPS, "{\"tags/a~\": null}",
		"invalidPatch\ntags/a~: is not a JSON Pointer\n"},
	};

	CHECK(cases);
}

static void
names_that_begin_alike_do_not_conflict(void)
{
	static const struct patch_case cases[] = {
	    {FACE_MAPS, "{\"ids/1\": null, \"ids/12\": null}",
		"{" TAGS ",\"ids\":[]," COUNT_3 "," PART_AB "," DOMAIN "}"},
	    {FACE_MAPS, "{\"tags/a@a.example\": null, \"tags/a@a.example.example\": true}",
		"{\"tags\":[\"b/~@a.example\",\"a@a.example.example\"]," IDS "," COUNT_3
		"," PART_AB "," DOMAIN "}"},
	};

	CHECK(cases);
}

/* What is told back of the patched properties. */
static void
gaps_that_close_up_are_told(void)
{
	static const struct {
		const char *patch;
		bool differs;
	} cases[] = {
	    {"{\"part/items/1/n\": 9}", false},
	    {"{\"part/items/2\": {\"n\": 1, \"marks\": {}}}", false},
	    {"{\"part/items/1\": null}", false},
	    {"{\"part/items/0\": null}", true},
	    {"{\"part/items/3\": {\"n\": 1, \"marks\": {}}}", true},
	    {"{\"part/items/2\": {}}", true},
	    {"{\"part/version\": null}", true},
	    {"{\"part/note\": null}", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *record = toy_parse(STORED), *patch = toy_parse(cases[i].patch);
		struct problems p = {0};
		struct record r = {0};

		CU_ASSERT_TRUE(model_patch(&toy, record, patch, FACE_MAPS, &p));
		CU_ASSERT_TRUE(model_record(&toy, record, 1 << 20, &r, &p));
		if (r.fields[3].differs != cases[i].differs)
			printf("\n  %s\n", cases[i].patch);
		CU_ASSERT_EQUAL(r.fields[3].differs, cases[i].differs);
		CU_ASSERT_FALSE(r.fields[0].differs);
		record_free(&r);
		json_decref(record);
		json_decref(patch);
	}
}

const CU_TestInfo model_patch_tests[] = {
    {"a property is set or reset", a_property_is_set_or_reset},
    {"a property that cannot be is named", a_property_that_cannot_be_is_named},
    {"a member of a set comes and goes", a_member_of_a_set_comes_and_goes},
    {"an item of a list is edited, replaced, appended, removed",
	an_item_of_a_list_is_edited_replaced_appended_removed},
    {"a patch that cannot be applied is refused", a_patch_that_cannot_be_applied_is_refused},
    {"names that begin alike do not conflict", names_that_begin_alike_do_not_conflict},
    {"gaps that close up are told", gaps_that_close_up_are_told},
    CU_TEST_INFO_NULL,
};
