/* base/date.c -- UTCDate (RFC 8620, 1.4). */
#include "base/date.h"

#include <stdio.h>
#include <time.h>

#define LEAP_YEAR_MIN 1972 /* year of the first leap second (RFC 3339, D) */
#define LEAP_YEAR_MAX 9998 /* the next midnight must have a four-digit year */

/* The number that the len digits at s form, or -1. */
static int
digits(const char *s, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		n = n * 10 + (s[i] - '0');
	}
	return n;
}

static int
days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* RFC 3339, 5.7: the last second of a June or December may be 60. */
static bool
is_leap_second(const struct tm *t)
{
	int year = t->tm_year + 1900, month = t->tm_mon + 1;

	return t->tm_sec == 60 && t->tm_min == 59 && t->tm_hour == 23 &&
	    (month == 6 || month == 12) && t->tm_mday == days_in(year, month) &&
	    year >= LEAP_YEAR_MIN && year <= LEAP_YEAR_MAX;
}

bool
date_parse(struct str s, int64_t *seconds)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	const size_t fixed = sizeof form - 1;
	struct tm t = {0};
	int year, month;

	if (s.len < fixed + 1 || s.s[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < fixed; i++)
		if (form[i] == 'd' ? s.s[i] < '0' || s.s[i] > '9' : s.s[i] != form[i])
			return false;
	if (s.len > fixed + 1) {
		if (s.s[fixed] != '.' || s.len == fixed + 2)
			return false;
		for (size_t i = fixed + 1; i < s.len - 1; i++)
			if (s.s[i] < '0' || s.s[i] > '9')
				return false;
	}
	year = digits(s.s, 4);
	month = digits(s.s + 5, 2);
	t.tm_mday = digits(s.s + 8, 2);
	t.tm_hour = digits(s.s + 11, 2);
	t.tm_min = digits(s.s + 14, 2);
	t.tm_sec = digits(s.s + 17, 2);
	if (month < 1 || month > 12 || t.tm_mday < 1 || t.tm_mday > days_in(year, month))
		return false;
	t.tm_year = year - 1900;
	t.tm_mon = month - 1;
	if (t.tm_hour > 23 || t.tm_min > 59 || (t.tm_sec > 59 && !is_leap_second(&t)))
		return false;
	*seconds = (int64_t)timegm(&t);
	return true;
}

void
date_format(int64_t seconds, char out[static DATE_LEN + 1])
{
	time_t when = (time_t)seconds;
	struct tm t;

	gmtime_r(&when, &t);
	snprintf(out, DATE_LEN + 1, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)(t.tm_year + 1900) % 10000, (unsigned)(t.tm_mon + 1) % 100,
	    (unsigned)t.tm_mday % 100, (unsigned)t.tm_hour % 100, (unsigned)t.tm_min % 100,
	    (unsigned)t.tm_sec % 100);
}
