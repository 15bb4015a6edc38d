#include "../common/application-header.h"
#include "../common/crc32.h"
#include "../common/registers.h"
#include "../common/text.h"
#include "../common/uart.h"
#include "boot.h"

#define SRAM_BEGIN 0x1FFF0000u
#define SRAM_END 0x20030000u
#define LENGTH_MIN (APPLICATION_HEADER + sizeof(struct application_header) - APPLICATION_BASE)
#define LENGTH_MAX (FLASH_END - APPLICATION_BASE)

static const struct application_header *const header = (const struct application_header *)APPLICATION_HEADER;
static const uint32_t *const vectors = (const uint32_t *)APPLICATION_BASE;

static int length_is_sane(void) {
  return header->length >= LENGTH_MIN && header->length <= LENGTH_MAX;
}

static int vectors_are_sane(void) {
  uint32_t stack = vectors[0];
  uint32_t entry = vectors[1];
  int stack_ok = stack > SRAM_BEGIN && stack <= SRAM_END && stack % 8u == 0;
  int entry_ok = entry % 2u == 1u && entry >= APPLICATION_BASE && entry - APPLICATION_BASE < header->length;
  return stack_ok && entry_ok;
}

/* The whole image, with four zeros in place of the header's own CRC. */
static uint32_t image_crc(void) {
  static const uint8_t zeros[4] = {0, 0, 0, 0};
  uint32_t crc_at = APPLICATION_HEADER + 12u;
  uint32_t rest_at = crc_at + sizeof zeros;
  uint32_t crc = crc32_continue(0, (const uint8_t *)APPLICATION_BASE, crc_at - APPLICATION_BASE);
  crc = crc32_continue(crc, zeros, sizeof zeros);
  return crc32_continue(crc, (const uint8_t *)rest_at, APPLICATION_BASE + header->length - rest_at);
}

static struct application_check found(enum application_fault fault, uint32_t crc) {
  return (struct application_check){fault, crc};
}

struct application_check application_check(void) {
  if (header->magic != APPLICATION_MAGIC) {
    return found(APPLICATION_ABSENT, 0);
  }
  if (!length_is_sane()) {
    return found(APPLICATION_LENGTH_WRONG, 0);
  }
  uint32_t crc = image_crc();
  if (crc != header->crc) {
    return found(APPLICATION_CRC_WRONG, crc);
  }
  return found(vectors_are_sane() ? APPLICATION_OK : APPLICATION_VECTORS_WRONG, crc);
}

static void report_value(const char *text, uint32_t value) {
  text_send(text);
  text_send_hex(value);
}

void application_report(struct application_check check) {
  switch (check.fault) {
  case APPLICATION_OK:
    report_value("application ok, crc ", check.crc);
    break;
  case APPLICATION_ABSENT:
    report_value("no application header at ", APPLICATION_HEADER);
    break;
  case APPLICATION_LENGTH_WRONG:
    report_value("application length ", header->length);
    report_value(", allowed up to ", LENGTH_MAX);
    break;
  case APPLICATION_CRC_WRONG:
    report_value("application crc ", check.crc);
    report_value(", expected ", header->crc);
    break;
  case APPLICATION_VECTORS_WRONG:
    report_value("application stack ", vectors[0]);
    report_value(", entry ", vectors[1]);
    text_send(": not usable");
    break;
  }
  text_end_line();
}

void application_describe(void) {
  text_send("application version ");
  text_send_decimal(header->version >> 16);
  text_send(".");
  text_send_decimal(header->version & 0xFFFFu);
  report_value(", length ", header->length);
  report_value(", crc ", header->crc);
  text_end_line();
}

/* Stack and jump in one piece: no access to the old stack may come between them. */
__attribute__((noreturn)) static void jump(uint32_t stack, uint32_t entry) {
  __asm volatile("msr msp, %0\n\tcpsie i\n\tisb\n\tbx %1" : : "r"(stack), "r"(entry) : "memory");
  __builtin_unreachable();
}

void application_start(void) {
  uart_drain();
  SCB_VTOR = APPLICATION_BASE;
  __asm volatile("dsb");
  jump(vectors[0], vectors[1]);
}
