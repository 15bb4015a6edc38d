#include "../common/text.h"
#include "../common/uart.h"
#include "boot.h"

void boot_main(void) {
  uart_start();
  text_send_line("K24 bootloader 1.0");
  struct application_check check = application_check();
  application_report(check);
  if (check.fault == APPLICATION_OK) {
    application_start();
  }
  console_run();
}
