import { coreName, firmwareBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { CHIPS } from "../../chips/list.ts";
import { codeOf } from "../../base/errors.ts";
import { print } from "../console/context.ts";
import type { Call, Handler, Outcome } from "../run/handler.ts";
import { deviceFileOpened, fileNotOpened } from "../texts/v7-86e/flash.ts";

/** `ExpDevList FILE`: one device a line, in double quotes (unsure: no public log shows the file). */
export const exportDevices: Handler = async (call) => write(call, CHIPS.map(({ name }) => `"${name}"\n`).join(""));

/** `ExpDevListXML FILE`: the form whose root tools know, DeviceDatabase with VendorInfo and DeviceInfo. */
export const exportDevicesXml: Handler = async (call) => write(call, xml(CHIPS));

function write(call: Call, text: string): Outcome {
  const path = call.args.text("filename");
  try {
    print(call, deviceFileOpened(path));
    call.host.writeFile(path, new TextEncoder().encode(text));
    return "ok";
  } catch (error) {
    if (codeOf(error) !== "file-unwritable") throw error;
    print(call, fileNotOpened());
    call.notes.error(error);
    return "failed";
  }
}

function xml(chips: readonly Chip[]): string {
  const vendors = [...new Set(chips.map(({ vendor }) => vendor))];
  const infos = vendors.map((vendor) =>
    vendorXml(
      vendor,
      chips.filter((chip) => chip.vendor === vendor),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<DeviceDatabase>\n${infos.join("")}</DeviceDatabase>\n`;
}

const vendorXml = (vendor: string, chips: readonly Chip[]): string =>
  `  <VendorInfo Name="${vendor}">\n${chips.map(deviceXml).join("")}  </VendorInfo>\n`;

const deviceXml = (chip: Chip): string =>
  `    <DeviceInfo Name="${chip.name}" Core="${coreName(chip)}">\n${firmwareBanks(chip).map(bankXml).join("")}    </DeviceInfo>\n`;

const bankXml = ({ start, length }: FlashBank): string =>
  `      <FlashBankInfo BaseAddr="0x${start.toString(16)}" Size="0x${length.toString(16)}" />\n`;
