#include "../common/chip.h"
#include "../common/text.h"
#include "../common/uart.h"
#include "boot.h"

#define LINE_MAX 32u
#define BACKSPACE 0x08
#define DELETE 0x7F

struct command {
  const char *name;
  const char *help;
  void (*run)(void);
};

static void command_help(void);

static void command_info(void) {
  text_send_line("K24 bootloader 1.0, flash 00000000-00004FFF, application from 00005000");
  application_describe();
}

static void command_crc(void) {
  application_report(application_check());
}

static void command_boot(void) {
  struct application_check check = application_check();
  application_report(check);
  if (check.fault == APPLICATION_OK) {
    application_start();
  }
}

static void command_reset(void) {
  uart_drain();
  chip_reset();
}

static const struct command commands[] = {
    {"help", "this list", command_help},
    {"info", "what is in the flash, as the headers state it", command_info},
    {"crc", "check the application", command_crc},
    {"boot", "check the application and start it", command_boot},
    {"reset", "reset the chip", command_reset},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void command_help(void) {
  for (uint32_t index = 0; index < COMMANDS; index++) {
    text_send(commands[index].name);
    text_send(": ");
    text_send_line(commands[index].help);
  }
}

static int same(const char *a, const char *b) {
  while (*a != '\0' && *a == *b) {
    a++;
    b++;
  }
  return *a == *b;
}

static uint8_t wait_for_byte(void) {
  int byte;
  do {
    byte = uart_receive();
  } while (byte < 0);
  return (uint8_t)byte;
}

static uint32_t erase_last(uint32_t length) {
  if (length == 0) {
    return 0;
  }
  text_send("\b \b");
  return length - 1;
}

/* Adds a printable byte to the line and echoes it; a full line takes no more. */
static uint32_t type(char *line, uint32_t length, uint8_t byte) {
  if (byte < ' ' || length == LINE_MAX) {
    return length;
  }
  line[length] = (char)byte;
  uart_send(byte);
  return length + 1;
}

/* `line` has room for LINE_MAX characters and the final zero. */
static void read_line(char *line) {
  uint32_t length = 0;
  for (;;) {
    uint8_t byte = wait_for_byte();
    if (byte == '\r') {
      break;
    }
    length = byte == BACKSPACE || byte == DELETE ? erase_last(length) : type(line, length, byte);
  }
  line[length] = '\0';
  text_end_line();
}

static void run_line(const char *line) {
  for (uint32_t index = 0; index < COMMANDS; index++) {
    if (same(line, commands[index].name)) {
      commands[index].run();
      return;
    }
  }
  if (line[0] != '\0') {
    text_send_line("unknown command, try help");
  }
}

void console_run(void) {
  char line[LINE_MAX + 1];
  for (;;) {
    text_send("boot> ");
    read_line(line);
    run_line(line);
  }
}
