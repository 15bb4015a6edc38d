import { CMSIS_DAP_IDENTITY, CMSIS_DAP_KINDS, type CmsisDapKind } from "./cmsis-dap-identity.ts";
import { CmsisDapFirmware } from "./cmsis-dap-firmware.ts";
import type { ProbeDescriptor, TargetWire } from "../probe-model.ts";
import type { PluggedProbe } from "../twin-usb-device.ts";

/** The CMSIS-DAP probes that a board can have. */
export type CmsisDapName = keyof typeof CMSIS_DAP_KINDS;

/** Packets other than the model's own, for tests of every size there is. */
export interface DapPackets {
  readonly size?: number;
  readonly count?: number;
}

/** Whether a probe's name is one of ours. */
export const isCmsisDap = (name: string): name is CmsisDapName => Object.hasOwn(CMSIS_DAP_KINDS, name);

/** A CMSIS-DAP probe on USB: one vendor interface with bulk 0x01 out and 0x81 in, or a HID one with interrupt. */
export function cmsisDapOnUsb(
  name: CmsisDapName,
  serial: string,
  wire: TargetWire,
  packets: DapPackets = {},
): PluggedProbe {
  const own: CmsisDapKind = CMSIS_DAP_KINDS[name];
  const kind = { ...own, packetSize: packets.size ?? own.packetSize, packetCount: packets.count ?? own.packetCount };
  const model = new CmsisDapFirmware(wire, kind, serial);
  return { model, descriptor: descriptor(kind, serial), timing: kind.timing };
}

/** Endpoints in the order that the specification asks for: commands out, answers in. */
function descriptor({ transport, timing }: CmsisDapKind, serial: string): ProbeDescriptor {
  const { vendorId, productId, manufacturer, product, interfaceName } = CMSIS_DAP_IDENTITY;
  const type = transport === "bulk" ? "bulk" : "interrupt";
  const alternate = {
    alternateSetting: 0,
    interfaceClass: transport === "bulk" ? 0xff : 0x03,
    interfaceSubclass: 0,
    interfaceProtocol: 0,
    interfaceName: transport === "bulk" ? interfaceName : "CMSIS-DAP v1",
    endpoints: [
      { type, packetSize: timing.packetSize, endpointNumber: 1, direction: "out" },
      { type, packetSize: timing.packetSize, endpointNumber: 1, direction: "in" },
    ],
  } as const;
  return {
    vendorId,
    productId,
    manufacturerName: manufacturer,
    productName: product,
    serialNumber: serial,
    configuration: { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternates: [alternate] }] },
  };
}
