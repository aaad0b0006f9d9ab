/* tests/chaos/crowd.c -- all the clients: their threads, and what they do next. */
#include "tests/chaos/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/chaos/client.h"
#include "tests/chaos/dice.h"

#define THINK_US 12000 /* between two requests, at most */
#define PROBE_US 20000 /* between two, while nobody answers */
#define HELD_US 1000
#define END_WAIT_US 20000000 /* until the last unknown write is found out */
#define KEPT_SHARE 100       /* of the states that are heard of, one in so many is kept */

struct crowd {
	atomic_bool hold, stop;
	pthread_mutex_t lock;
	char old_state[2][CROWD_STATE_MAX]; /* under lock */
	struct client clients[CLIENTS];
};

void
crowd_keep_state(struct client *c, char letter)
{
	size_t at = letter == 't';

	if (dice_below(&c->dice, KEPT_SHARE) > 0)
		return;
	pthread_mutex_lock(&c->crowd->lock);
	memcpy(c->crowd->old_state[at], c->state[at], CROWD_STATE_MAX);
	pthread_mutex_unlock(&c->crowd->lock);
}

static bool
act(struct client *c)
{
	uint64_t sort = dice_below(&c->dice, 100);

	if (!client_look_back(c))
		return false;
	if (sort < 25)
		return client_read(c);
	if (sort < 35)
		return client_query(c);
	return c->n_pending + CLIENT_SET_MAX > CLIENT_PENDING_MAX || client_write(c);
}

static void *
live(void *arg)
{
	struct client *c = arg;
	int64_t until_us;
	bool served = true;

	while (!c->crowd->stop) {
		c->held = c->crowd->hold;
		if (c->held) {
			usleep(HELD_US);
			continue;
		}
		/* Whoever is not served asks for a record until it is. */
		served = served || c->n_own == 0 ? act(c) : client_read(c);
		usleep(served ? (useconds_t)dice_below(&c->dice, THINK_US) : PROBE_US);
	}
	until_us = clock_monotonic_us() + END_WAIT_US;
	while (c->n_pending > 0 && clock_monotonic_us() < until_us) {
		client_look_back(c);
		usleep(PROBE_US);
	}
	return NULL;
}

bool
crowd_start(struct crowd **out, const struct site *s, struct pulse *p, const char *dir,
    uint64_t seed, struct err *e)
{
	struct crowd *crowd = mem_new(1, sizeof *crowd);

	*out = crowd;
	pthread_mutex_init(&crowd->lock, NULL);
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &crowd->clients[i];

		c->crowd = crowd;
		c->pulse = p;
		c->number = i;
		c->dice = seed * CLIENTS + i;
		site_client_open(&c->http, s);
		if (!journal_open(&c->journal, dir, i, e))
			return false;
	}
	for (unsigned i = 0; i < CLIENTS; i++)
		if (pthread_create(&crowd->clients[i].thread, NULL, live, &crowd->clients[i]) !=
		    0)
			return err_set(e, ERR_SERVER_FAIL, "a client's thread does not start");
	return true;
}

void
crowd_hold(struct crowd *c)
{
	c->hold = true;
	for (unsigned i = 0; i < CLIENTS; i++)
		while (!c->clients[i].held)
			usleep(HELD_US);
}

void
crowd_go_on(struct crowd *c)
{
	c->hold = false;
	for (unsigned i = 0; i < CLIENTS; i++)
		while (c->clients[i].held)
			usleep(HELD_US);
}

void
crowd_stop(struct crowd **crowd, struct client_counts *counts)
{
	(*crowd)->stop = true;
	*counts = (struct client_counts){0};
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &(*crowd)->clients[i];

		pthread_join(c->thread, NULL);
		counts->requests += c->counts.requests;
		counts->sets += c->counts.sets;
		counts->acknowledged += c->counts.acknowledged;
		counts->refused += c->counts.refused;
		counts->unknown += c->counts.unknown;
		site_client_close(&c->http);
		journal_close(&c->journal);
		free(c->own);
	}
	pthread_mutex_destroy(&(*crowd)->lock);
	free(*crowd);
	*crowd = NULL;
}

void
crowd_state(struct crowd *c, char letter, char out[static CROWD_STATE_MAX])
{
	pthread_mutex_lock(&c->lock);
	memcpy(out, c->old_state[letter == 't'], CROWD_STATE_MAX);
	pthread_mutex_unlock(&c->lock);
}
