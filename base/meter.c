/* base/meter.c -- limits how many log lines are written per second. */
#include "base/meter.h"

#define SECOND_US 1000000

bool
meter_take(struct meter *m, unsigned per_s, int64_t now_us)
{
	if (m->lines == 0 || now_us - m->second_us >= SECOND_US) {
		m->second_us = now_us;
		m->lines = 0;
	}
	if (m->lines < per_s) {
		m->lines++;
		return true;
	}
	if (m->unlogged++ == 0)
		m->unlogged_us = now_us;
	return false;
}

uint64_t
meter_summary(struct meter *m, int64_t now_us, int64_t every_us, int64_t *took_us)
{
	uint64_t n = m->unlogged;

	*took_us = now_us - m->unlogged_us;
	if (n == 0 || *took_us < every_us)
		return 0;
	m->unlogged = 0;
	return n;
}
