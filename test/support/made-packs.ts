import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { elfWith, sectionsWith } from "../unit/packs/made-flm.ts";

/** A flash algorithm that was made, for flash at 0x08000000. */
export const FLM = elfWith(sectionsWith({ start: 0x08000000 }));

/** A pack's description with some devices, all of one family and with one algorithm. */
export const pdsc = (name: string, version: string, devices: readonly string[]): string => `<?xml version="1.0"?>
<package schemaVersion="1.7.7"><vendor>Made</vendor><name>${name}</name><description>made by a test</description>
<license>LICENSE.txt</license><releases><release version="${version}">made</release></releases>
<devices><family Dfamily="Made ${name}" Dvendor="Made:1"><processor Dcore="Cortex-M4"/>
<memory name="FLASH" access="rx" start="0x08000000" size="0x10000" default="1"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x8000" default="1"/>
<algorithm name="Flash/made.FLM" start="0x08000000" size="0x10000" default="1"/>
${devices.map((device) => `<device Dname="${device}"/>`).join("\n")}
</family></devices></package>`;

/** The same as an archive, with the algorithm and a licence. */
export async function packBytes(
  name: string,
  version: string,
  devices: readonly string[],
  license = "do as you like",
): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await zip.add(`Made.${name}.pdsc`, new TextReader(pdsc(name, version, devices)));
  await zip.add("LICENSE.txt", new TextReader(license));
  await zip.add("Flash/made.FLM", new Uint8ArrayReader(FLM as Uint8Array<ArrayBuffer>));
  return new Uint8Array(await zip.close());
}

/** A target file of probe-rs with one device and one algorithm. */
export const TARGET_FILE = `name: M
variants:
  - name: V
    cores: [{name: main, type: armv7m, core_access_options: !Arm {ap: !v1 0}}]
    memory_map: [!Ram {range: {start: 0x20000000, end: 0x20004000}, cores: [main]}]
    flash_algorithms: [a]
flash_algorithms:
  - {name: a, instructions: AL8AvwC/AL8=, pc_init: 1, pc_program_page: 5, data_section_offset: 8, flash_properties: {address_range: {start: 0, end: 0x1000}, page_size: 4, erased_byte_value: 255, program_page_timeout: 1, erase_sector_timeout: 1, sectors: [{size: 0x100, address: 0}]}}
`;
