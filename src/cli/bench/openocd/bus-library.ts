/**
 * Stands in for libusb 1.0 and hidapi (LD_PRELOAD) in a program that uses one probe by their blocking calls: whatever it
 * sends and asks for goes through a socket to the simulated board (`BusServer`). Structures and values are those of
 * the two libraries' API documentation.
 */
export const BUS_LIBRARY = `/* Flashproof's stand-in for libusb 1.0 and hidapi: one probe, served through a socket. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <wchar.h>

enum { SUCCESS = 0, ERROR_IO = -1, ERROR_TIMEOUT = -7, TIMED_OUT = -1, FAILED = -2 };
enum { OUT = 0, IN = 1 };

struct device_descriptor {
  uint8_t length, type; uint16_t usb; uint8_t class, subclass, protocol, packet;
  uint16_t vendor, product, release; uint8_t manufacturer_i, product_i, serial_i, configurations;
};
struct endpoint {
  uint8_t length, type, address, attributes; uint16_t packet; uint8_t interval, refresh, synch;
  const unsigned char *extra; int extra_length;
};
struct alternate {
  uint8_t length, type, number, setting, endpoints, class, subclass, protocol, name_i;
  const struct endpoint *endpoint; const unsigned char *extra; int extra_length;
};
struct interface { const struct alternate *alternates; int count; };
struct configuration {
  uint8_t length, type; uint16_t total; uint8_t interfaces, value, name_i, attributes, power;
  const struct interface *interface; const unsigned char *extra; int extra_length;
};
struct hid_info {
  char *path; unsigned short vendor, product; wchar_t *serial; unsigned short release;
  wchar_t *manufacturer, *name; unsigned short usage_page, usage; int interface; struct hid_info *next; int bus;
};

static char device;
static void *devices[2] = { &device, 0 };
static int bus = -1;

static const char *given(const char *name) { const char *text = getenv(name); return text ? text : ""; }
static unsigned number(const char *name) { return (unsigned)strtoul(given(name), 0, 0); }

static int all(ssize_t (*move)(int, void *, size_t), void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t moved = move(bus, (char *)bytes + done, length - done);
    if (moved <= 0) return -1;
    done += (size_t)moved;
  }
  return 0;
}
static ssize_t putting(int to, void *bytes, size_t length) { return write(to, bytes, length); }
static ssize_t getting(int from, void *bytes, size_t length) { return read(from, bytes, length); }

static int reach(void) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (bus >= 0) return 0;
  strncpy(address.sun_path, given("FLASHPROOF_BUS"), sizeof address.sun_path - 1);
  bus = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return bus < 0 ? -1 : connect(bus, (struct sockaddr *)&address, sizeof address);
}

/* One transfer: the bytes moved, TIMED_OUT or FAILED. */
static int transfer(unsigned direction, unsigned char *bytes, int length) {
  uint32_t asked[2] = { direction, (uint32_t)length };
  int32_t moved;
  if (reach() || all(putting, asked, sizeof asked)) return FAILED;
  if (direction == OUT && all(putting, bytes, (size_t)length)) return FAILED;
  if (all(getting, &moved, sizeof moved)) return FAILED;
  if (moved > length) return FAILED;
  if (direction == IN && moved > 0 && all(getting, bytes, (size_t)moved)) return FAILED;
  return moved;
}

int libusb_init(void **context) { if (context) *context = &device; return SUCCESS; }
void libusb_exit(void *context) { (void)context; }
ssize_t libusb_get_device_list(void *context, void ***list) {
  (void)context;
  *list = devices;
  return number("FLASHPROOF_BUS_HID") ? 0 : 1;
}
void libusb_free_device_list(void **list, int unref) { (void)list; (void)unref; }
void *libusb_ref_device(void *of) { return of; }
void libusb_unref_device(void *of) { (void)of; }
void *libusb_get_device(void *handle) { return handle; }
uint8_t libusb_get_bus_number(void *of) { (void)of; return 1; }
uint8_t libusb_get_device_address(void *of) { (void)of; return 1; }
int libusb_get_port_numbers(void *of, uint8_t *ports, int length) {
  (void)of;
  if (length < 1) return ERROR_IO;
  ports[0] = 1;
  return 1;
}
int libusb_get_device_descriptor(void *of, struct device_descriptor *to) {
  (void)of;
  *to = (struct device_descriptor){ .length = 18, .type = 1, .usb = 0x200, .packet = 64, .release = 0x100,
    .vendor = (uint16_t)number("FLASHPROOF_BUS_VENDOR"), .product = (uint16_t)number("FLASHPROOF_BUS_PRODUCT"),
    .manufacturer_i = 1, .product_i = 2, .serial_i = 3, .configurations = 1 };
  return SUCCESS;
}
int libusb_get_config_descriptor(void *of, uint8_t index, struct configuration **to) {
  static struct endpoint ends[2];
  static struct alternate alternate;
  static struct interface interface = { &alternate, 1 };
  static struct configuration made;
  uint16_t packet = (uint16_t)number("FLASHPROOF_BUS_PACKET");
  (void)of, (void)index;
  ends[0] = (struct endpoint){ .length = 7, .type = 5, .attributes = 2, .packet = packet,
    .address = (uint8_t)number("FLASHPROOF_BUS_FIRST") };
  ends[1] = ends[0];
  ends[1].address = (uint8_t)number("FLASHPROOF_BUS_SECOND");
  alternate = (struct alternate){ .length = 9, .type = 4, .endpoints = 2, .class = 0xff, .name_i = 4,
    .subclass = (uint8_t)number("FLASHPROOF_BUS_CLASS"), .protocol = (uint8_t)number("FLASHPROOF_BUS_CLASS"),
    .endpoint = ends };
  made = (struct configuration){ .length = 9, .type = 2, .total = 32, .interfaces = 1, .value = 1, .attributes = 0x80,
    .power = 50, .interface = &interface };
  *to = &made;
  return SUCCESS;
}
int libusb_get_active_config_descriptor(void *of, struct configuration **to) {
  return libusb_get_config_descriptor(of, 0, to);
}
void libusb_free_config_descriptor(struct configuration *made) { (void)made; }
int libusb_open(void *of, void **handle) { *handle = of; return reach() ? ERROR_IO : SUCCESS; }
void libusb_close(void *handle) { (void)handle; }
int libusb_get_string_descriptor_ascii(void *handle, uint8_t index, unsigned char *to, int length) {
  static const char *names[] = { "FLASHPROOF_BUS_MAKER", "FLASHPROOF_BUS_NAME", "FLASHPROOF_BUS_SERIAL",
    "FLASHPROOF_BUS_INTERFACE" };
  (void)handle;
  if (index < 1 || index > 4) return ERROR_IO;
  return snprintf((char *)to, (size_t)length, "%s", given(names[index - 1]));
}
int libusb_get_configuration(void *handle, int *value) { (void)handle; *value = 1; return SUCCESS; }
int libusb_set_configuration(void *handle, int value) { (void)handle, (void)value; return SUCCESS; }
int libusb_set_auto_detach_kernel_driver(void *handle, int on) { (void)handle, (void)on; return SUCCESS; }
int libusb_claim_interface(void *handle, int which) { (void)handle, (void)which; return SUCCESS; }
int libusb_release_interface(void *handle, int which) { (void)handle, (void)which; return SUCCESS; }
int libusb_set_interface_alt_setting(void *handle, int which, int to) { (void)handle, (void)which, (void)to; return SUCCESS; }
int libusb_bulk_transfer(void *handle, unsigned char end, unsigned char *bytes, int length, int *moved, unsigned within) {
  int done = transfer(end & 0x80 ? IN : OUT, bytes, length);
  (void)handle, (void)within;
  if (moved) *moved = done < 0 ? 0 : done;
  return done >= 0 ? SUCCESS : done == TIMED_OUT ? ERROR_TIMEOUT : ERROR_IO;
}

static wchar_t *wide(const char *name) {
  static wchar_t texts[3][128];
  static int next;
  wchar_t *text = texts[next++ % 3];
  swprintf(text, 128, L"%s", given(name));
  return text;
}
int hid_init(void) { return 0; }
int hid_exit(void) { return 0; }
struct hid_info *hid_enumerate(unsigned short vendor, unsigned short product) {
  static struct hid_info info;
  (void)vendor, (void)product;
  info = (struct hid_info){ .path = "flashproof", .vendor = (unsigned short)number("FLASHPROOF_BUS_VENDOR"),
    .product = (unsigned short)number("FLASHPROOF_BUS_PRODUCT"), .serial = wide("FLASHPROOF_BUS_SERIAL"),
    .manufacturer = wide("FLASHPROOF_BUS_MAKER"), .name = wide("FLASHPROOF_BUS_NAME") };
  return number("FLASHPROOF_BUS_HID") ? &info : 0;
}
void hid_free_enumeration(struct hid_info *list) { (void)list; }
void *hid_open(unsigned short vendor, unsigned short product, const wchar_t *serial) {
  (void)vendor, (void)product, (void)serial;
  return reach() ? 0 : &device;
}
void *hid_open_path(const char *path) { (void)path; return reach() ? 0 : &device; }
void hid_close(void *handle) { (void)handle; }
const wchar_t *hid_error(void *handle) { (void)handle; return L"the simulated board is gone"; }
int hid_write(void *handle, const unsigned char *bytes, size_t length) {
  /* The first byte is the report's number: 0, which is not sent. */
  int done = transfer(OUT, (unsigned char *)bytes + 1, (int)length - 1);
  (void)handle;
  return done < 0 ? -1 : done + 1;
}
int hid_read_timeout(void *handle, unsigned char *bytes, size_t length, int within) {
  int done = transfer(IN, bytes, (int)length);
  (void)handle, (void)within;
  return done == TIMED_OUT ? 0 : done < 0 ? -1 : done;
}
`;
