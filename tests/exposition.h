/* tests/exposition.h -- reads what Prometheus reads (text format 0.0.4), and forgives nothing.
 */
#ifndef TESTS_EXPOSITION_H
#define TESTS_EXPOSITION_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Every line well-formed, HELP and TYPE once and before a family's samples, no sample twice,
 * histograms whole, cumulative and in order.  False with *e naming the line. */
bool exposition_check(struct str text, struct err *e);

/* The number of a sample, by all that stands before it: "outbox_up", "x_total{a=\"b\"}".  False
 * if there is none. */
bool exposition_value(struct str text, const char *sample, double *value);

#endif
