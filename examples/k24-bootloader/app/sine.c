#include "sine.h"

#define QUARTER 0x40000000u

/* `phase` 0 to QUARTER, both included. */
static int32_t rising_quarter(uint32_t phase) {
  uint64_t position = (uint64_t)phase * (sine_steps - 1u);
  uint32_t index = (uint32_t)(position / QUARTER);
  if (index >= sine_steps - 1u) {
    return sine_table[sine_steps - 1u];
  }
  int64_t rise = (int64_t)sine_table[index + 1] - sine_table[index];
  return sine_table[index] + (int32_t)(rise * (int64_t)(position % QUARTER) / (int64_t)QUARTER);
}

int32_t sine_of(uint32_t phase) {
  uint32_t within = phase % QUARTER;
  int falling = (phase & QUARTER) != 0;
  int32_t height = rising_quarter(falling ? QUARTER - within : within);
  return phase >= 2u * QUARTER ? -height : height;
}
