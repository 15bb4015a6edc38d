import { CmsisDAP, CortexM, type Transport, WebUSB } from "dapjs";
import { describe, expect, it } from "vitest";
import { createTwin, type Twin, type TwinOptions } from "../../../src/twin/usb.ts";

/** ADIv5 and ARMv7-M addresses, as a client of dapjs writes them. */
const CPUID = 0xe000ed00;
const DHCSR = 0xe000edf0;
const RAM = 0x20000000;

/** DAP_Info's id of the product, and the request bits of DAP_Transfer (CMSIS-DAP). */
const PRODUCT = 0x02;
const DP = 0x00;
const AP = 0x01;
const WRITE = 0x00;
const READ = 0x02;

/** MDM-AP of the K24 as dapjs addresses registers, APSEL in the top byte; its enum knows MEM-APs only. */
const MDM_STATUS = 0x01000000 as number as Parameters<CortexM["readAP"]>[0];
const MDM_CONTROL = 0x01000004 as number as Parameters<CortexM["readAP"]>[0];
const CORE_HOLD = 0x10;

const twinOf = (probe: NonNullable<TwinOptions["probe"]>): Twin => createTwin({ chip: "MK24FN1M0xxx12", probe });

/** dapjs's own WebUSB transport on the twin's device: it looks for interface and endpoints itself. */
function bulk({ device }: Twin, packetSize: number): Transport {
  return Object.assign(new WebUSB(device as unknown as USBDevice), { packetSize });
}

/** Reports of a HID probe as a transport. */
function reports({ hid }: Twin): Transport {
  if (!hid) throw new Error("the twin shows no HID device");
  return {
    packetSize: 64,
    open: () => hid.open(),
    close: () => hid.close(),
    read: async () => new DataView(Uint8Array.from(await hid.receive()).buffer),
    write: (data) => hid.sendReport(0, ArrayBuffer.isView(data) ? bytesOf(data) : new Uint8Array(data)),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);

const PROBES: readonly (readonly [string, () => Transport])[] = [
  ["version 2 on high speed", () => bulk(twinOf("cmsis-dap-hs"), 512)],
  ["version 2 on full speed", () => bulk(twinOf("cmsis-dap"), 64)],
  ["version 1", () => reports(twinOf("cmsis-dap-v1"))],
];

describe.each(PROBES)("dapjs through CMSIS-DAP %s", (_, transport) => {
  it("reads the probe's identification", async () => {
    const dap = new CmsisDAP(transport());
    await dap.connect();
    expect(await dap.dapInfo(PRODUCT)).toBe("DAPLink CMSIS-DAP\0");
  });

  it("reads the chip's IDs", async () => {
    const dap = new CmsisDAP(transport());
    const core = new CortexM(dap);
    await core.connect();
    expect(await core.readDP(0x0)).toBe(0x2ba01477);
    expect(await readIdr(dap, 0)).toBe(0x24770011);
    expect(await readIdr(dap, 1)).toBe(0x001c0000);
  });

  it("writes and reads memory", async () => {
    const core = new CortexM(transport());
    await core.connect();
    await holdBlankChip(core);
    expect(await core.readMem32(CPUID)).toBe(0x410fc241);
    const words = Uint32Array.from({ length: 300 }, (_, i) => Math.imul(i, 0x01234567) >>> 0);
    await core.writeBlock(RAM, words);
    expect(await core.readBlock(RAM, words.length)).toEqual(words);
  });
});

/** By hand: dapjs's own `readAP` puts a register's bank into the request byte, where other bits are. */
async function readIdr(dap: CmsisDAP, apsel: number): Promise<number> {
  await dap.transfer([{ port: DP, mode: WRITE, register: 0x8, value: ((apsel << 24) | 0xf0) >>> 0 }]);
  return dap.transfer(AP, READ, 0xc);
}

/** MDM-AP control until its status is calm, then the core halted: a blank chip resets itself for ever. */
async function holdBlankChip(core: CortexM): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    await core.writeAP(MDM_CONTROL, CORE_HOLD);
    if (((await core.readAP(MDM_STATUS)) & 0x0e) === 0x0a) break;
  }
  await core.writeMem32(DHCSR, 0xa05f0003);
}
