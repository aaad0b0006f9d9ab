/* tests/jmap_error.c -- what the server says of one record is what clients decode. */
#include <CUnit/CUnit.h>
#include <jansson.h>

#include "jmap/problem.h"
#include "tests/decoder.h"
#include "tests/suites.h"

static void
check_code(enum err_code code)
{
	const struct err e = {.code = code};
	struct buf text = {0}, why = {0};
	json_t *v;
	bool taken;

	write_error(&text, &e);
	v = json_loadb(text.s, text.len, 0, NULL);
	taken = decode_set_error(v, &why);
	CU_assertImplementation(taken, __LINE__, buf_terminate(&why), __FILE__, "", CU_FALSE);
	json_decref(v);
	buf_free(&text);
	buf_free(&why);
}

/* base/err.h has them last, but for the one that a call has in common with them. */
static void
every_error_of_one_record_is_decoded(void)
{
	check_code(ERR_FORBIDDEN);
	for (int code = ERR_NOT_FOUND; code < ERR__COUNT; code++)
		check_code((enum err_code)code);
}

static void
the_decoder_is_strict(void)
{
	static const struct {
		const char *text;
		bool taken;
	} errors[] = {
	    {"{\"type\":\"notFound\",\"description\":\"d\"}", true},
	    {"{\"type\":\"notFound\"}", false},
	    {"{\"description\":\"d\"}", false},
	    {"{\"type\":\"serverFail\",\"description\":\"d\"}", false},
	    {"{\"type\":\"NotFound\",\"description\":\"d\"}", false},
	    {"{\"type\":\"notFound\",\"description\":null}", false},
	    {"{\"type\":\"notFound\",\"description\":\"d\",\"more\":1}", false},
	    {"{\"type\":\"invalidProperties\",\"description\":\"d\",\"properties\":[]}", true},
	    {"{\"type\":\"invalidProperties\",\"description\":\"d\",\"properties\":[1]}",
		false},
	    {"{\"type\":\"invalidProperties\",\"description\":\"d\",\"properties\":null}",
		false},
	    {"{\"type\":\"objectIsLinked\",\"description\":\"d\",\"objectId\":\"a\","
	     "\"linkedObjects\":[\"b\",{\"id\":\"c\"}]}",
		true},
	    {"{\"type\":\"objectIsLinked\",\"description\":\"d\",\"linkedObjects\":null}",
		false},
	    {"{\"type\":\"objectIsLinked\",\"description\":\"d\",\"linkedObjects\":[{}]}",
		false},
	    {"{\"type\":\"validationFailed\",\"description\":\"d\",\"validationErrors\":["
	     "{\"type\":\"Invalid\",\"property\":\"p\",\"value\":\"v\"},"
	     "{\"type\":\"Required\",\"property\":\"p\"},"
	     "{\"type\":\"MinLength\",\"property\":\"p\",\"required\":1},"
	     "{\"type\":\"MaxValue\",\"property\":\"p\",\"required\":-1}]}",
		true},
	    {"{\"type\":\"validationFailed\",\"description\":\"d\",\"validationErrors\":["
	     "{\"type\":\"Invalid\",\"property\":\"p\",\"value\":1}]}",
		false},
	    {"{\"type\":\"validationFailed\",\"description\":\"d\",\"validationErrors\":["
	     "{\"type\":\"MaxLength\",\"property\":\"p\",\"required\":-1}]}",
		false},
	    {"[]", false},
	};

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		json_t *v = json_loads(errors[i].text, 0, NULL);
		struct buf why = {0};

		CU_assertImplementation(decode_set_error(v, &why) == errors[i].taken, __LINE__,
		    errors[i].text, __FILE__, "", CU_FALSE);
		json_decref(v);
		buf_free(&why);
	}
}

static void
errors_in_a_response_are_found(void)
{
	static const char *const parts[] = {"notCreated", "notUpdated", "notDestroyed"};
	struct buf why = {0};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		json_t *v = json_pack("{s:[[s,{s:n,s:n,s:n},s]]}", "methodResponses",
		    "x:Foo/set", parts[0], parts[1], parts[2], "c1");
		json_t *answer =
		    json_array_get(json_array_get(json_object_get(v, "methodResponses"), 0), 1);

		CU_ASSERT_TRUE(decode_response(v, &why));
		json_object_set_new(
		    answer, parts[i], json_pack("{s:{s:s}}", "a", "type", "notFound"));
		CU_ASSERT_FALSE(decode_response(v, &why));
		json_decref(v);
	}
	buf_free(&why);
}

const CU_TestInfo jmap_error_tests[] = {
    {"every error of one record is decoded", every_error_of_one_record_is_decoded},
    {"the decoder is strict", the_decoder_is_strict},
    {"errors in a response are found", errors_in_a_response_are_found},
    CU_TEST_INFO_NULL,
};
