/*
 * Firmware for the K24 that talks by RTT: it greets, gives back in capitals what it is sent, and counts on a second
 * channel. The ring buffers are written here from the layout that SEGGER documents (wiki.segger.com/RTT, "Internal
 * structures"; UM08001 13.2); no code of SEGGER's is in it.
 */
typedef unsigned int u32;

#define WDOG_STCTRLH (*(volatile unsigned short *)0x40052000)
#define WDOG_UNLOCK (*(volatile unsigned short *)0x4005200E)

/* One ring buffer. The target owns `write` of an up buffer and `read` of a down buffer, the host the other two. */
typedef struct {
  const char *name;
  char *bytes;
  u32 size;
  volatile u32 write;
  volatile u32 read;
  u32 flags;
} Ring;

typedef struct {
  char id[16];
  u32 up_count;
  u32 down_count;
  Ring up[3];
  Ring down[2];
} ControlBlock;

/* Uneven places and lengths, so that every copy has to wrap and to begin beside a word. */
static char terminal_out[67];
static char terminal_in[19];
static char counter_out[301];

static ControlBlock block __attribute__((section(".rtt")));

/* Waits for room, so that nothing is lost while nobody reads. */
static void put(Ring *ring, char byte) {
  u32 next = (ring->write + 1) % ring->size;
  while (next == ring->read) {
  }
  ring->bytes[ring->write] = byte;
  __asm__ volatile("dmb" ::: "memory");
  ring->write = next;
}

static void say(Ring *ring, const char *text) {
  while (*text) put(ring, *text++);
}

static u32 has_room(const Ring *ring, u32 count) {
  return (ring->read + ring->size - ring->write - 1) % ring->size >= count;
}

static int take(Ring *ring) {
  if (ring->read == ring->write) return -1;
  char byte = ring->bytes[ring->read];
  __asm__ volatile("dmb" ::: "memory");
  ring->read = (ring->read + 1) % ring->size;
  return byte;
}

static Ring ring_of(const char *name, char *bytes, u32 size, u32 flags) {
  Ring ring = {name, bytes, size, 0, 0, flags};
  return ring;
}

/* The ID comes last, and is put together here: a host that searches must find neither a half block nor a copy. */
static void open_channels(void) {
  static const char reversed[] = "TTR REGGES";
  block.up_count = 3;
  block.down_count = 2;
  block.up[0] = ring_of("Terminal", terminal_out, sizeof terminal_out, 2);
  block.up[1] = ring_of("Counter", counter_out, sizeof counter_out, 0);
  block.down[0] = ring_of("Terminal", terminal_in, sizeof terminal_in, 0);
  __asm__ volatile("dmb" ::: "memory");
  for (u32 i = 0; i < 10; i++) block.id[i] = reversed[9 - i];
}

static void count(u32 number) {
  char text[9] = "00000\r\n";
  for (int i = 4; i >= 0; i--, number /= 10) text[i] = (char)('0' + number % 10);
  if (has_room(&block.up[1], 7)) say(&block.up[1], text);
}

__attribute__((noreturn)) static void run(void) {
  open_channels();
  say(&block.up[0], "RTT on a K24: hello\r\n");
  for (u32 turn = 1, number = 0;; turn++) {
    int byte = take(&block.down[0]);
    if (byte >= 0) put(&block.up[0], byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : (char)byte);
    if (turn % 4096 == 0) count(number++);
  }
}

extern u32 zero_from[], zero_to[];
void reset(void);

__attribute__((noreturn, used)) static void start(void) {
  for (u32 *at = zero_from; at < zero_to; at++) *at = 0;
  run();
}

/* The watchdog takes its keys within twenty bus clocks, and has to be off before anything else takes long. */
__attribute__((naked)) void reset(void) {
  __asm__(
      "ldr r0, =0x40052000\n\tmovw r1, #0xC520\n\tmovw r2, #0xD928\n\tmovw r3, #0x01D2\n\t"
      "strh r1, [r0, #0xE]\n\tstrh r2, [r0, #0xE]\n\tnop\n\tnop\n\tstrh r3, [r0]\n\t"
      "b start\n\t.ltorg");
}

__attribute__((noreturn)) static void stop(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    (void *)0x20030000, (void *)reset, (void *)stop, (void *)stop, (void *)stop, (void *)stop, (void *)stop,
};

/* Open: FSEC is FE, as NXP ships the chip. */
__attribute__((section(".fcf"), used)) static const u32 flash_configuration[4] = {
    0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE,
};
