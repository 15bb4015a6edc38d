#include "board.h"
#include <errno.h>
#include <sys/stat.h>

extern char end, stack_top;
int main(void);

volatile Handler handlers[64] = {0};

static void unexpected(void) {
  uint32_t ipsr;
  __asm__("mrs %0, ipsr" : "=r"(ipsr));
  printf("unexpected exception %u cfsr %08x hfsr %08x\n", (unsigned)ipsr, (unsigned)CFSR, (unsigned)HFSR);
  finish();
}

/* Calls the handler that the program installed, with EXC_RETURN untouched in LR. */
__attribute__((naked)) static void dispatch(void) {
  __asm__ volatile("mrs r0, ipsr\n"
                   "ldr r1, =handlers\n"
                   "ldr r2, [r1, r0, lsl #2]\n"
                   "cbz r2, 1f\n"
                   "bx r2\n"
                   "1: b %0\n"
                   ".ltorg" ::"i"(unexpected));
}

void Reset(void) {
  REG(0xE000ED88) = 0x00F00000;
  __asm__ volatile("dsb\nisb");
  UART_BAUDDIV = 16;
  UART_CTRL = 1;
  main();
  finish();
}

__attribute__((section(".vectors"), used)) static const void *const vectors[64] = {&stack_top, Reset, [2 ... 63] = dispatch};

void finish(void) {
  fflush(stdout);
  register uint32_t operation __asm__("r0") = 0x18;
  register uint32_t reason __asm__("r1") = 0x20026;
  for (;;) __asm__ volatile("bkpt 0xab" ::"r"(operation), "r"(reason));
}

int _write(int file, const char *text, int length) {
  (void)file;
  for (int i = 0; i < length; i++) {
    while (UART_STATE & 1) {
    }
    UART_DATA = (uint8_t)text[i];
  }
  return length;
}

void *_sbrk(int more) {
  static char *brk = &end;
  char *old = brk;
  brk += more;
  return old;
}

int _close(int file) { return (void)file, -1; }
int _fstat(int file, struct stat *st) { return (void)file, st->st_mode = S_IFCHR, 0; }
int _isatty(int file) { return (void)file, 1; }
int _lseek(int file, int to, int how) { return (void)file, (void)to, (void)how, 0; }
int _read(int file, char *to, int length) { return (void)file, (void)to, (void)length, 0; }
void _exit(int code) { (void)code; finish(); }
int _kill(int pid, int sig) { return (void)pid, (void)sig, errno = EINVAL, -1; }
int _getpid(void) { return 1; }
