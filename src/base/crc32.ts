/** The polynomial of zlib's and Ethernet's CRC-32, bits reversed (RFC 1952, 8). */
const POLYNOMIAL = 0xedb88320;

/** What a byte that `n` more bytes follow adds, for n from 0 to 3. */
const TABLES = [0, 1, 2, 3].map((n) =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8 * (n + 1); bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  }),
);

/** CRC-32 of bytes, as zlib counts it. */
export function crc32(bytes: Uint8Array): number {
  const [last, third, second, first] = TABLES;
  const fours = bytes.length & ~3;
  let crc = -1;
  for (let at = 0; at < fours; at += 4) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc = first[crc & 0xff] ^ second[(crc >>> 8) & 0xff] ^ third[(crc >>> 16) & 0xff] ^ last[crc >>> 24];
  }
  for (let at = fours; at < bytes.length; at++) crc = (crc >>> 8) ^ last[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
