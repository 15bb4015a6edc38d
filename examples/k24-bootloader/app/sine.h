/* A sine by table, drawn by tables/make-tables.mjs. */
#ifndef SINE_H
#define SINE_H

#include <stdint.h>

/* A quarter of a period, both ends included, 0 to 0x7FFFFFFF. */
extern const uint32_t sine_steps;
extern const int32_t sine_table[];

/* Sine of `phase`, 2^32 to the period, between table entries by a straight line. */
int32_t sine_of(uint32_t phase);

#endif
