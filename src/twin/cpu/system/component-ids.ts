/** CID and PIDR3..0 of the core's own CoreSight components, by page (J-Link's ROM table walk of a K24; PIDR4 is 4). */
const COMPONENTS: ReadonlyMap<number, { readonly cid: number; readonly pid: number }> = new Map([
  [0xe0000000, { cid: 0xb105e00d, pid: 0x003bb001 }],
  [0xe0001000, { cid: 0xb105e00d, pid: 0x003bb002 }],
  [0xe0002000, { cid: 0xb105e00d, pid: 0x002bb003 }],
  [0xe000e000, { cid: 0xb105e00d, pid: 0x000bb00c }],
]);

/** First offset of the ID registers in a component's 4 KB page: PIDR4. */
export const FIRST_ID_OFFSET = 0xfd0;

const byteOf = (value: number, index: number): number => (value >>> (8 * index)) & 0xff;

/** The word at `offset` (0xFD0 to 0xFFC) of the component at `page` (CoreSight: one byte of ID per word). */
export function componentId(page: number, offset: number): number {
  const ids = COMPONENTS.get(page);
  if (!ids) return 0;
  if (offset >= 0xff0) return byteOf(ids.cid, (offset - 0xff0) >> 2);
  if (offset >= 0xfe0) return byteOf(ids.pid, (offset - 0xfe0) >> 2);
  return offset === FIRST_ID_OFFSET ? 4 : 0;
}
