/* tests/chaos/pulse.c -- when a write was last acknowledged. */
#include "tests/chaos/pulse.h"

#include <string.h>

#include "base/clock.h"

void
pulse_begin(struct pulse *p)
{
	*p = (struct pulse){.last_us = clock_monotonic_us()};
	pthread_mutex_init(&p->lock, NULL);
}

void
pulse_clear(struct pulse *p)
{
	pthread_mutex_lock(&p->lock);
	memset(p->longest_us, 0, sizeof p->longest_us);
	pthread_mutex_unlock(&p->lock);
}

void
pulse_beat(struct pulse *p)
{
	int64_t now_us;

	pthread_mutex_lock(&p->lock);
	now_us = clock_monotonic_us();
	if (now_us - p->last_us > p->longest_us[p->kind])
		p->longest_us[p->kind] = now_us - p->last_us;
	p->last_us = now_us;
	pthread_mutex_unlock(&p->lock);
}

void
pulse_turn(struct pulse *p, unsigned kind)
{
	pthread_mutex_lock(&p->lock);
	p->kind = kind;
	pthread_mutex_unlock(&p->lock);
}

void
pulse_skip(struct pulse *p)
{
	pthread_mutex_lock(&p->lock);
	p->last_us = clock_monotonic_us();
	pthread_mutex_unlock(&p->lock);
}

int64_t
pulse_last_us(struct pulse *p)
{
	int64_t last_us;

	pthread_mutex_lock(&p->lock);
	last_us = p->last_us;
	pthread_mutex_unlock(&p->lock);
	return last_us;
}
