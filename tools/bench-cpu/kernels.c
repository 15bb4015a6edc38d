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
