/* newlib's printf and strtod, libm with hard single-precision floats, 64-bit arithmetic, sorting, setjmp. */
#include "board.h"
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 12345;
static uint32_t next(void) { return seed = seed * 1664525u + 1013904223u; }

static int by_value(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return x < y ? -1 : x > y;
}

static void numbers(void) {
  printf("%d %u %x %5.3f %g %e %s|%-8s|%08d\n", -42, 3000000000u, 0xBEEF, 3.14159, 1e-7, 12345.678, "text", "left", 77);
  for (const char *const *p = (const char *const[]){"1.5", "-2.25e10", "0x1.8p3", "1e-320", "inf", "123456789.123456789", 0}; *p; p++)
    printf("strtod %s = %.17g\n", *p, strtod(*p, 0));
  printf("strtoll %lld\n", strtoll("-9223372036854775807", 0, 10));
}

static void floats(void) {
  float acc = 0;
  for (int i = 1; i <= 20; i++) {
    float x = (float)i * 0.37f;
    acc += sinf(x) * cosf(x) + sqrtf(x) + logf(x) - expf(-x) + powf(x, 1.3f) + atan2f(x, 2.0f);
    printf("%d %.9g %.9g %.9g %.9g\n", i, sinf(x), tanf(x), expf(x), fmaf(x, x, -acc));
  }
  printf("acc %.9g %d %u\n", acc, (int)(acc * -3.7f), (unsigned)(acc * 2.5f));
}

static void integers(void) {
  int64_t sum = 0;
  uint64_t product = 1;
  for (int i = 0; i < 200; i++) {
    int32_t a = (int32_t)next(), b = (int32_t)(next() | 1);
    sum += (int64_t)a * b + a / b + a % b;
    product = product * (uint64_t)(uint32_t)b + ((uint64_t)(uint32_t)a << (i & 31));
    sum ^= __builtin_clz((uint32_t)b) + __builtin_bswap32((uint32_t)a);
  }
  printf("sum %lld product %llu quotient %llu\n", sum, product, product / 1000003u);
}

static void sorting(void) {
  int32_t values[64];
  for (int i = 0; i < 64; i++) values[i] = (int32_t)next() >> (i & 15);
  qsort(values, 64, sizeof values[0], by_value);
  uint32_t hash = 0;
  for (int i = 0; i < 64; i++) hash = hash * 31 + (uint32_t)values[i];
  printf("sorted %ld %ld %ld hash %08lx\n", (long)values[0], (long)values[31], (long)values[63], (long)hash);
}

static const char *name(unsigned n) {
  switch (n % 9) {
    case 0: return "zero";
    case 1: return "one";
    case 2: return "two";
    case 3: return "three";
    case 4: return "four";
    case 5: return "five";
    case 6: return "six";
    default: return "many";
  }
}

static void jumps(void) {
  jmp_buf back;
  volatile int count = 0;
  int value = setjmp(back);
  printf("%d %s\n", value, name((unsigned)value));
  if (++count < 12) longjmp(back, count);
}

int main(void) {
  numbers();
  floats();
  integers();
  sorting();
  jumps();
  char text[200];
  memset(text, 'x', sizeof text);
  snprintf(text, sizeof text, "%*d|%.*s|%c", 12, 345, 3, "abcdef", 'Z');
  memmove(text + 3, text, 40);
  printf("%s %u\n", text, (unsigned)strlen(text));
}
