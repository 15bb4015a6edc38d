/* Every semihosting operation, by newlib's rdimon library and by hand; how it ends is the command line's second word. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef unsigned int u32;

extern u32 data_from[], data_to[], data_end[];
void reset(void);
void _start(void);

static int call(u32 operation, const volatile void *parameter) {
  register u32 r0 __asm__("r0") = operation;
  register const volatile void *r1 __asm__("r1") = parameter;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return (int)r0;
}

static int call3(u32 operation, u32 first, u32 second, u32 third) {
  volatile u32 block[3] = {first, second, third};
  return call(operation, block);
}

static int open_by_hand(const char *name, u32 mode) { return call3(0x01, (u32)name, mode, strlen(name)); }

static void by_hand(void) {
  call(0x04, "by hand\n");
  for (const char *at = "one by one\n"; *at; at++) call(0x03, at);
  printf("missing file %d, errno %d\n", open_by_hand("missing.txt", 0), call(0x13, 0));
  int file = open_by_hand("hand.bin", 6);
  printf("write leaves %d\n", call3(0x05, file, (u32) "0123456789", 10));
  printf("length %d, tty %d\n", call3(0x0C, file, 0, 0), call3(0x09, file, 0, 0));
  char text[12] = "...........";
  printf("seek %d\n", call3(0x0A, file, 4, 0));
  int left = call3(0x06, file, (u32)text, 11);
  printf("read leaves %d: %s\n", left, text);
  left = call3(0x06, file, (u32)text, 11);
  printf("at the end it leaves %d\n", left);
  printf("close %d, again %d\n", call3(0x02, file, 0, 0), call3(0x02, file, 0, 0));
  printf("a write without a file leaves %d\n", call3(0x05, 99, (u32)text, 7));
  printf("errors: %d %d\n", call3(0x08, -1, 0, 0) != 0, call3(0x08, 5, 0, 0));
  printf("rename %d\n", call(0x0F, (u32[]){(u32) "hand.bin", 8, (u32) "new.bin", 7}));
  printf("remove %d, again %d\n", call3(0x0E, (u32) "new.bin", 7, 0), call3(0x0E, (u32) "new.bin", 7, 0));
  char name[64] = "";
  printf("temporary name %d, %d characters\n", call3(0x0D, (u32)name, 7, sizeof name), strlen(name) > 0);
  printf("too short a buffer %d\n", call3(0x0D, (u32)name, 7, 1));
  unsigned long long before = 0, after = 0;
  printf("elapsed %d %d\n", call(0x30, &before), call(0x30, &after));
  printf("time passes %d, ticks %d\n", after >= before, call(0x31, 0) > 0);
  u32 heap[4] = {1, 1, 1, 1}, *pointer = heap;
  call(0x16, &pointer);
  printf("heap info %d\n", heap[0] != 1);
  printf("clock %d, time %d\n", call(0x10, 0) >= 0, (u32)call(0x11, 0) > 1700000000u);
  char magic[5] = "";
  file = open_by_hand(":semihosting-features", 0);
  left = call3(0x06, file, (u32)magic, 5);
  printf("features %.4s %d, %d left\n", magic, magic[4] & 3, left);
  call3(0x02, file, 0, 0);
  char line[8] = "";
  u32 block[2] = {(u32)line, 2};
  printf("too short a line %d\n", call(0x15, block));
}

static void by_library(void) {
  FILE *file = fopen("library.txt", "w");
  fprintf(file, "line %d\nline %d\n", 1, 2);
  fclose(file);
  file = fopen("library.txt", "a");
  fputs("line 3\n", file);
  fclose(file);
  file = fopen("library.txt", "r");
  char line[32];
  while (fgets(line, sizeof line, file)) printf("read back %s", line);
  fseek(file, 5, SEEK_SET);
  printf("at 5: %c, size ", fgetc(file));
  fseek(file, 0, SEEK_END);
  printf("%ld\n", ftell(file));
  fclose(file);
  printf("no such file: %d\n", fopen("none.txt", "r") == 0);
  fprintf(stderr, "on stderr\n");
  if (fgets(line, sizeof line, stdin)) printf("typed: %s", line);
  printf("then %s\n", fgets(line, sizeof line, stdin) ? line : "the end");
}

int main(int argc, char **argv) {
  printf("%d words, how: %s\n", argc, argc > 1 ? argv[1] : "none");
  by_library();
  by_hand();
  fflush(stdout);
  const char *how = argc > 1 ? argv[1] : "0";
  if (!strcmp(how, "exit")) call(0x18, (void *)0x20026);
  if (!strcmp(how, "error")) call(0x18, (void *)0x20023);
  if (!strcmp(how, "extended")) call(0x20, (u32[]){0x20026, 42});
  if (!strcmp(how, "extended-error")) call(0x20, (u32[]){0x20023, 42});
  return atoi(how);
}

__attribute__((noreturn)) void fault(void) {
  for (;;) {
  }
}

__attribute__((used, noreturn)) static void begin(void) {
  for (u32 *from = data_from, *to = data_to; to < data_end;) *to++ = *from++;
  _start();
  for (;;) {
  }
}

__attribute__((naked)) void reset(void) {
#ifdef K24
  /* The watchdog off: twenty bus clocks between the keys. */
  __asm__("ldr r0, =0x40052000\n\tmovw r1, #0xC520\n\tmovw r2, #0xD928\n\tmovw r3, #0x01D2\n\t"
          "strh r1, [r0, #0xE]\n\tstrh r2, [r0, #0xE]\n\tnop\n\tnop\n\tstrh r3, [r0]");
#endif
  __asm__("b begin\n\t.ltorg");
}

/* The frame library's hooks, which nothing here uses. */
void _init(void) {}
void _fini(void) {}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    (void *)0x20010000, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
__attribute__((section(".fcf"), used)) static const u32 field[4] = {~0u, ~0u, ~0u, 0xFFFFFFFEu};
