import type { ShownChip } from "./built-in.ts";
import type { Chip } from "./chip.ts";

// The same as `built-in.ts` for a page: a family's chips are fetched when one of them is named, and the list shows all.

/** Chips whose data is fetched together; their names, and what the list shows of each. */
interface Group {
  readonly shown: readonly ShownChip[];
  readonly load: () => Promise<readonly Chip[]>;
}

const nxp = (name: string, family: string): ShownChip => ({ name, vendor: "NXP", family });
const st = (name: string): ShownChip => ({
  name,
  vendor: "STMicroelectronics",
  family: name.slice(0, "STM32F407".length),
});
const nordic = (name: string): ShownChip => ({ name, vendor: "Nordic Semiconductor", family: "nRF52" });

/** Every group; a test holds them against `built-in.ts`. */
const GROUPS: readonly Group[] = [
  {
    shown: [nxp("MK24FN1M0xxx12", "Kinetis K24")],
    load: () => import("./nxp/mk24fn1m0xxx12.ts").then(({ MK24FN1M0xxx12 }) => [MK24FN1M0xxx12]),
  },
  {
    shown: [nxp("MK64FN1M0xxx12", "Kinetis K64")],
    load: () => import("./nxp/mk64fn1m0xxx12.ts").then(({ MK64FN1M0xxx12 }) => [MK64FN1M0xxx12]),
  },
  {
    shown: ["STM32F407xG", "STM32F405xG", "STM32F415xG", "STM32F417xG"].map(st),
    load: () =>
      import("./st/stm32f40x.ts").then((all) => [all.STM32F407xG, all.STM32F405xG, all.STM32F415xG, all.STM32F417xG]),
  },
  {
    shown: ["STM32F427xI", "STM32F429xI", "STM32F446xE"].map(st),
    load: () => import("./st/stm32f42x.ts").then((all) => [all.STM32F427xI, all.STM32F429xI, all.STM32F446xE]),
  },
  {
    shown: ["nRF52840_xxAA", "nRF52832_xxAA", "nRF52833_xxAA"].map(nordic),
    load: () => import("./nordic/nrf52.ts").then((all) => [all.nRF52840, all.nRF52832, all.nRF52833]),
  },
  {
    shown: [{ name: "RP2040", vendor: "Raspberry Pi", family: "RP2040" }],
    load: () => import("./raspberry-pi/rp2040.ts").then(({ RP2040 }) => [RP2040]),
  },
];

const loaded: Chip[] = [];

/** The chips whose data is here, in the order of the list. */
export const CHIPS: readonly Chip[] = loaded;

/** Every chip, as a list shows it. */
export const shownChips = (): readonly ShownChip[] => GROUPS.flatMap(({ shown }) => shown);

/** Fetches the chips beside one of that name; all of them without a name, or for another name such as an order code. */
export async function loadChips(name?: string): Promise<void> {
  const wanted = GROUPS.filter(({ shown }) => shown.some((chip) => chip.name === name));
  const chips = await Promise.all((wanted.length > 0 ? wanted : GROUPS).map(({ load }) => load()));
  const added = chips.flat().filter((chip) => !loaded.includes(chip));
  const names = shownChips().map((chip) => chip.name);
  loaded.push(...added);
  loaded.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}
