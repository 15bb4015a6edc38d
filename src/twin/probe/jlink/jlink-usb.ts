import { JlinkFirmware } from "./jlink-firmware.ts";
import { JLINK_V9 } from "./jlink-identity.ts";
import type { ProbeDescriptor, TargetWire } from "../probe-model.ts";
import type { PluggedProbe } from "../twin-usb-device.ts";
import { USB_TIMINGS } from "../usb-timing.ts";

/** A J-Link on USB, full or high speed, with one vendor interface: bulk 0x81 in, 0x02 out. */
export function jlinkOnUsb(kind: keyof typeof USB_TIMINGS, serial: string, wire: TargetWire): PluggedProbe {
  const timing = USB_TIMINGS[kind];
  return { model: new JlinkFirmware(wire), descriptor: descriptor(serial, timing.packetSize), timing };
}

function descriptor(serial: string, packetSize: number): ProbeDescriptor {
  const bulk = { type: "bulk", packetSize } as const;
  const alternate = {
    alternateSetting: 0,
    interfaceClass: 0xff,
    interfaceSubclass: 0xff,
    interfaceProtocol: 0xff,
    interfaceName: "BULK interface",
    endpoints: [
      { ...bulk, endpointNumber: 1, direction: "in" },
      { ...bulk, endpointNumber: 2, direction: "out" },
    ],
  } as const;
  return {
    vendorId: JLINK_V9.vendorId,
    productId: JLINK_V9.productId,
    manufacturerName: JLINK_V9.manufacturer,
    productName: JLINK_V9.product,
    serialNumber: serial.padStart(12, "0"),
    configuration: { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternates: [alternate] }] },
  };
}
