typedef unsigned int u32;
typedef unsigned char u8;

u32 crc_bitwise(const u8 *data, u32 length) {
  u32 crc = 0xffffffffu;
  while (length--) {
    crc ^= *data++;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

u32 crc_table(const u8 *data, u32 length, const u32 *table) {
  u32 crc = 0xffffffffu;
  while (length--) crc = (crc >> 8) ^ table[(crc ^ *data++) & 0xff];
  return ~crc;
}

u32 copy_words(u32 *to, const u32 *from, u32 words) {
  u32 n = words;
  while (n--) *to++ = *from++;
  return words;
}

typedef struct node {
  struct node *next;
  u32 key, value;
} node;

static __attribute__((noinline)) u32 crc16(u32 data, u32 crc) {
  for (int bit = 0; bit < 16; bit++) {
    u32 carry = (data ^ crc) & 1;
    data >>= 1;
    crc >>= 1;
    if (carry) crc ^= 0xa001;
  }
  return crc;
}

static __attribute__((noinline)) node *find(node *list, u32 key) {
  while (list && list->key != key) list = list->next;
  return list;
}

static __attribute__((noinline)) node *reverse(node *list) {
  node *done = 0;
  while (list) {
    node *next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static __attribute__((noinline)) u32 multiply(const short *a, const short *b, int *product, u32 n) {
  u32 sum = 0;
  for (u32 i = 0; i < n; i++)
    for (u32 j = 0; j < n; j++) {
      int cell = 0;
      for (u32 k = 0; k < n; k++) cell += a[i * n + k] * b[k * n + j];
      product[i * n + j] = cell;
      sum += cell > 0 ? 10 : (u32)cell & 15;
    }
  return sum;
}

static __attribute__((noinline)) u32 scan(const u8 *text, u32 *counts) {
  u32 state = 0;
  for (; *text; text++) {
    u32 digit = *text - '0' < 10;
    switch (state) {
      case 0: state = digit ? 1 : *text == '.' ? 2 : *text == '+' || *text == '-' ? 3 : 5; break;
      case 1: state = digit ? 1 : *text == '.' ? 2 : *text == 'e' ? 4 : *text == ',' ? 0 : 5; break;
      case 2: state = digit ? 2 : *text == 'e' ? 4 : *text == ',' ? 0 : 5; break;
      case 3: state = digit ? 1 : *text == '.' ? 2 : 5; break;
      case 4: state = digit || *text == '-' ? 1 : 5; break;
      default: state = *text == ',' ? 0 : 5; break;
    }
    counts[state]++;
  }
  return state;
}

/* What CoreMark does, in its proportions: lists, matrices, a state machine and CRCs of it all, by calls. */
u32 core_mix(u8 *work, u32 rounds) {
  node *nodes = (node *)work;
  short *a = (short *)(work + 0x400), *b = (short *)(work + 0x500);
  int *product = (int *)(work + 0x600);
  u32 *counts = (u32 *)(work + 0x800);
  u8 *text = work + 0x840;
  static const u8 numbers[] = "5012,1.5e3,-874,+122,.1304,x0,3.2e-4,T0.3e-1F,-110.7,0.644";
  u32 crc = 0;
  for (u32 n = 0; n < sizeof numbers; n++) text[n] = numbers[n];
  for (u32 n = 0; n < 40; n++) nodes[n] = (node){n < 39 ? &nodes[n + 1] : 0, n * 7 & 63, n};
  for (u32 n = 0; n < 100; n++) a[n] = (short)(n * 31 + 5), b[n] = (short)(77 - n * 3);
  node *list = nodes;
  for (u32 round = 0; round < rounds; round++) {
    for (u32 key = 0; key < 8; key++) {
      node *hit = find(list, (round + key * 5) & 63);
      if (hit) crc = crc16(hit->value++, crc);
      list = reverse(list);
    }
    crc = crc16(multiply(a, b, product, 10), crc);
    for (u32 n = 0; n < 6; n++) counts[n] = 0;
    scan(text, counts);
    for (u32 n = 0; n < 6; n++) crc = crc16(counts[n], crc);
  }
  return crc;
}
