/* What newlib asks of a board (newlib manual, "System Calls"): a console, a heap, and nothing else. */
#include <errno.h>
#include <reent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/uart.h"
#include "app.h"

extern char heap_begin[], heap_end[];

/* newlib's own copy would lie in .data, a kilobyte of zeros in the flash; ours is set up at start. */
static struct _reent library_state;
struct _reent *_impure_ptr = &library_state;
struct _reent *const _global_impure_ptr = &library_state;

void library_start(void) {
  _REENT_INIT_PTR(&library_state);
}

int _write(int file, const char *bytes, int count) {
  (void)file;
  for (int index = 0; index < count; index++) {
    if (bytes[index] == '\n') {
      uart_send('\r');
    }
    uart_send((uint8_t)bytes[index]);
  }
  return count;
}

void *_sbrk(int bytes) {
  static char *top = heap_begin;
  if (bytes > heap_end - top) {
    errno = ENOMEM;
    return (void *)-1;
  }
  char *block = top;
  top += bytes;
  return block;
}

int _read(int file, char *bytes, int count) {
  (void)file;
  (void)bytes;
  (void)count;
  return 0;
}

int _fstat(int file, struct stat *status) {
  (void)file;
  status->st_mode = S_IFCHR;
  return 0;
}

int _isatty(int file) {
  (void)file;
  return 1;
}

int _lseek(int file, int offset, int whence) {
  (void)file;
  (void)offset;
  (void)whence;
  return 0;
}

int _close(int file) {
  (void)file;
  return -1;
}

int _getpid(void) {
  return 1;
}

int _kill(int process, int signal) {
  (void)process;
  (void)signal;
  errno = EINVAL;
  return -1;
}

/* newlib's own prints by a second printf; a debugger shows as much in the registers. */
__attribute__((noreturn)) void __assert_func(const char *file, int line, const char *function, const char *expression) {
  (void)file;
  (void)line;
  (void)function;
  (void)expression;
  _exit(1);
}

__attribute__((noreturn)) void _exit(int status) {
  (void)status;
  for (;;) {
  }
}
