/* Arithmetic in software (double) and on the FPU (float) against values from mathematical tables. */
#include <math.h>
#include <stdio.h>

#include "app.h"
#include "sine.h"

struct known_value {
  const char *name;
  double (*function)(double);
  double argument;
  double value;
};

static const struct known_value known_values[] = {
    {"sin", sin, 1.0, 0.84147098480789650665},
    {"cos", cos, 1.0, 0.54030230586813971740},
    {"atan", atan, 1.0, 0.78539816339744830962},
    {"exp", exp, 1.0, 2.7182818284590452354},
    {"log", log, 10.0, 2.3025850929940456840},
    {"sqrt", sqrt, 2.0, 1.4142135623730950488},
};

struct known_float {
  const char *name;
  float (*function)(float);
  float argument;
  float value;
};

static const struct known_float known_floats[] = {
    {"sinf", sinf, 0.5f, 0.47942554f},
    {"cosf", cosf, 0.5f, 0.87758256f},
    {"sqrtf", sqrtf, 3.0f, 1.7320508f},
    {"expf", expf, 0.5f, 1.6487213f},
    {"logf", logf, 2.0f, 0.69314718f},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DOUBLE_TOLERANCE 1e-15
#define FLOAT_TOLERANCE 2e-7f

static int check_double(const struct known_value *known) {
  double value = known->function(known->argument);
  int ok = fabs(value - known->value) <= DOUBLE_TOLERANCE * fabs(known->value);
  printf("%-5s(%4.1f) = %20.17f %s\n", known->name, known->argument, value, ok ? "ok" : "WRONG");
  return ok;
}

static int check_float(const struct known_float *known) {
  float value = known->function(known->argument);
  int ok = fabsf(value - known->value) <= FLOAT_TOLERANCE * fabsf(known->value);
  printf("%-5s(%4.1f) = %12.9f %s\n", known->name, (double)known->argument, (double)value, ok ? "ok" : "WRONG");
  return ok;
}

/* The straight lines between the entries miss the curve by step * step / 8 at most. */
static int check_sine_table(void) {
  double worst = 0.0;
  double step = M_PI / 2.0 / (double)(sine_steps - 1u);
  for (uint32_t phase = 0; phase < 0xFF000000u; phase += 0x00FEDCBAu) {
    double table = (double)sine_of(phase) / 2147483647.0;
    worst = fmax(worst, fabs(table - sin((double)phase * (M_PI / 2147483648.0))));
  }
  int ok = worst <= step * step / 8.0 + 2e-9;
  printf("sine table of %lu, worst error %.3e %s\n", (unsigned long)sine_steps, worst, ok ? "ok" : "WRONG");
  return ok;
}

void report_print(void) {
  unsigned wrong = 0;
  for (unsigned index = 0; index < COUNT(known_values); index++) {
    wrong += !check_double(&known_values[index]);
  }
  for (unsigned index = 0; index < COUNT(known_floats); index++) {
    wrong += !check_float(&known_floats[index]);
  }
  wrong += !check_sine_table();
  printf("report: %u wrong\n", wrong);
}
