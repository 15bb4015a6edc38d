import { register } from "./register.ts";

/** CSW: how the next accesses go out on the bus: width, increment, protection. */
export const CSW = register({
  name: "CSW",
  address: 0x00,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C2.6.4; Cortex-M4 TRM (DDI 0439D), table 8-3",
  fields: {
    DbgSwEnable: 31,
    Prot: [30, 24],
    SPIDEN: 23,
    TrInProg: 7,
    DeviceEn: 6,
    AddrInc: { bits: [5, 4], words: { 0: "off", 1: "single", 2: "packed" } },
    Size: { bits: [2, 0], words: { 0: "8 bit", 1: "16 bit", 2: "32 bit" } },
  },
});

/** TAR: the address of the next access through DRW. */
export const TAR = register({
  name: "TAR",
  address: 0x04,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C2.6.10",
  fields: {},
});

/** DRW: reading or writing it is the access. */
export const DRW = register({
  name: "DRW",
  address: 0x0c,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C2.6.5",
  fields: {},
});

/** BD0, the first of four: the words around TAR, without changing it: TAR[31:4] and the register's own number. */
export const BD0 = register({
  name: "BD0",
  address: 0x10,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C2.6.2",
  fields: {},
});

/** BASE: where the debug components behind this AP are listed. */
export const BASE = register({
  name: "BASE",
  address: 0xf8,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C2.6.1",
  fields: { BASEADDR: [31, 12], Format: 1, P: 0 },
});

/** IDR: who made the access port and what lies behind it; every AP has one, and 0 says that there is no AP. */
export const IDR = register({
  name: "IDR",
  address: 0xfc,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), C1.3.1",
  fields: { REVISION: [31, 28], DESIGNER: [27, 17], CLASS: [16, 13], VARIANT: [7, 4], TYPE: [3, 0] },
});
