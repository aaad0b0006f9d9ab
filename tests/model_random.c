/* tests/model_random.c -- random calls by several clients at once, against a model in plain
 * memory. */
#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/calls.h"
#include "tests/local.h"
#include "tests/player.h"
#include "tests/site.h"
#include "tests/suites.h"

#define PLAYERS 4
#define RIVALS 8
#define LOCAL_MOVES 1000 /* of each player */
#define SITE_MOVES 200
#define ROUNDS 20

/* $SEED, or another one at each run. */
static uint64_t
seed(void)
{
	const char *chosen = getenv("SEED");
	uint64_t n = chosen != NULL ? strtoull(chosen, NULL, 10) : (uint64_t)time(NULL);

	printf("SEED=%" PRIu64 " ", n);
	return n;
}

/* --- players --- */

struct game {
	struct player player;
	unsigned moves;
	pthread_barrier_t *settle; /* all have made their moves */
};

static void *
play(void *arg)
{
	struct game *g = arg;
	bool ok = g->player.why.len == 0;

	for (unsigned i = 0; i < g->moves && ok; i++)
		ok = player_move(&g->player);
	pthread_barrier_wait(g->settle);
	if (ok)
		player_settle(&g->player);
	return NULL;
}

static void
play_all(const struct transport *transports[static PLAYERS], unsigned moves)
{
	static const char *const types[] = {"x:DmarcInternalReport", "x:TlsInternalReport"};
	struct game games[PLAYERS];
	pthread_t threads[PLAYERS];
	pthread_barrier_t settle;
	uint64_t s = seed();

	pthread_barrier_init(&settle, NULL, PLAYERS);
	for (unsigned i = 0; i < PLAYERS; i++) {
		games[i] = (struct game){.moves = moves, .settle = &settle};
		player_open(&games[i].player, transports[i], types[i % 2], i, s);
	}
	for (unsigned i = 0; i < PLAYERS; i++)
		pthread_create(&threads[i], NULL, play, &games[i]);
	for (unsigned i = 0; i < PLAYERS; i++) {
		struct player *p = &games[i].player;

		pthread_join(threads[i], NULL);
		CU_assertImplementation(
		    p->why.len == 0, __LINE__, buf_terminate(&p->why), __FILE__, "", CU_FALSE);
		player_close(p);
	}
	pthread_barrier_destroy(&settle);
}

static void
clients_find_what_plain_memory_finds(void)
{
	const struct transport *transports[PLAYERS];
	struct local_client clients[PLAYERS];
	struct local l;

	local_start(&l);
	for (unsigned i = 0; i < PLAYERS; i++) {
		local_client_open(&clients[i], &l);
		transports[i] = &clients[i].transport;
	}
	play_all(transports, LOCAL_MOVES);
	for (unsigned i = 0; i < PLAYERS; i++)
		local_client_close(&clients[i]);
	local_stop(&l);
}

static void
clients_find_it_through_nginx(void)
{
	const struct transport *transports[PLAYERS];
	struct site_client clients[PLAYERS];
	struct site s;

	site_start(&s);
	for (unsigned i = 0; i < PLAYERS; i++) {
		site_client_open(&clients[i], &s);
		transports[i] = &clients[i].transport;
	}
	play_all(transports, SITE_MOVES);
	for (unsigned i = 0; i < PLAYERS; i++)
		site_client_close(&clients[i]);
	CU_ASSERT_TRUE(site_stop(&s));
}

/* --- ifInState --- */

struct rival {
	const struct transport *t;
	const char *state;
	pthread_barrier_t *start;
	bool won, lost; /* lost: stateMismatch */
};

static void *
race(void *arg)
{
	static const char form[] =
	    "{\"ifInState\":\"%s\",\"create\":{\"a\":{\"domain\":\"example.com\",\"createdAt\":"
	    "\"2026-01-01T00:00:00Z\","
	    "\"deliverAt\":\"2026-01-01T00:00:00Z\",\"report\":{\"reportId\":\"r\","
	    "\"dateRangeStart\":"
	    "\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":\"2026-01-01T00:00:00Z\"}}}}";
	struct rival *r = arg;
	struct buf args = {0};
	struct err e = {0};
	json_t *answer;

	buf_printf(&args, form, r->state);
	pthread_barrier_wait(r->start);
	call_text(r->t, "/api", "x:TlsInternalReport/set", buf_str(&args), &answer, &e);
	r->won = json_object_size(answer_member(answer, "created")) == 1;
	r->lost = answer_is_error(answer, "stateMismatch");
	json_decref(answer);
	buf_free(&args);
	return NULL;
}

/* The state of TLS reports, for free(). */
static char *
current_state(const struct transport *t)
{
	struct err e = {0};
	json_t *answer;
	char *state;

	CU_ASSERT_TRUE(
	    call_text(t, "/api", "x:TlsInternalReport/get", STR("{\"ids\":[]}"), &answer, &e));
	state = str_dup(str_of(json_string_value(answer_member(answer, "state"))));
	json_decref(answer);
	return state;
}

static void
race_once(const struct transport *transports[static RIVALS])
{
	char *state = current_state(transports[0]);
	struct rival rivals[RIVALS];
	pthread_t threads[RIVALS];
	pthread_barrier_t start;
	unsigned won = 0, lost = 0;

	pthread_barrier_init(&start, NULL, RIVALS);
	for (unsigned i = 0; i < RIVALS; i++) {
		rivals[i] = (struct rival){transports[i], state, &start, false, false};
		pthread_create(&threads[i], NULL, race, &rivals[i]);
	}
	for (unsigned i = 0; i < RIVALS; i++) {
		pthread_join(threads[i], NULL);
		won += rivals[i].won ? 1 : 0;
		lost += rivals[i].lost ? 1 : 0;
	}
	CU_ASSERT_EQUAL(won, 1);
	CU_ASSERT_EQUAL(lost, RIVALS - 1);
	pthread_barrier_destroy(&start);
	free(state);
}

static void
of_eight_with_one_ifInState_one_wins(void)
{
	const struct transport *transports[RIVALS];
	struct local_client clients[RIVALS];
	struct local l;

	local_start(&l);
	for (unsigned i = 0; i < RIVALS; i++) {
		local_client_open(&clients[i], &l);
		transports[i] = &clients[i].transport;
	}
	for (int i = 0; i < ROUNDS; i++)
		race_once(transports);
	for (unsigned i = 0; i < RIVALS; i++)
		local_client_close(&clients[i]);
	local_stop(&l);
}

static void
of_eight_through_nginx_one_wins(void)
{
	const struct transport *transports[RIVALS];
	struct site_client clients[RIVALS];
	struct site s;

	site_start(&s);
	for (unsigned i = 0; i < RIVALS; i++) {
		site_client_open(&clients[i], &s);
		transports[i] = &clients[i].transport;
	}
	for (int i = 0; i < ROUNDS; i++)
		race_once(transports);
	for (unsigned i = 0; i < RIVALS; i++)
		site_client_close(&clients[i]);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo random_tests[] = {
    {"four clients at once find what plain memory finds", clients_find_what_plain_memory_finds},
    {"four clients find it through nginx", clients_find_it_through_nginx},
    {"of eight clients with one ifInState one wins", of_eight_with_one_ifInState_one_wins},
    {"of eight clients through nginx one wins", of_eight_through_nginx_one_wins},
    CU_TEST_INFO_NULL,
};
