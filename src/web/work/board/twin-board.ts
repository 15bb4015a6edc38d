import { Trace } from "../../../base/trace.ts";
import { openDevice } from "../../../host/open-device.ts";
import { SessionError } from "../../../session/session-error.ts";
import { buildTwin, loadFamilyModels, loadProbeKind, type Twin } from "../../../twin/usb.ts";
import { givenChip } from "../given-chip.ts";
import { Traffic } from "../timeline.ts";
import type { HostProbe } from "./board-host.ts";

/** Most characters of its UART that wait to be looked at. */
const MOST_TEXT = 0x1_0000;

/** The probe of each. */
const PROBE = "jlink-hs";

interface SimulatedBoard {
  readonly twin: Twin;
  readonly takeUart: () => string;
}

/** The boards of this page, each kept as long as the page is there, its flash with it. */
const boards = new Map<string, SimulatedBoard>();

/** Opens the simulated board of a named chip. Throws `chip-required` and `chip-unknown`. */
export async function openTwinBoard(chip: string | undefined): Promise<HostProbe> {
  if (chip === undefined) throw new SessionError("chip-required", "A simulated board is one of the chip that is named");
  const { name, familyName } = await givenChip(chip);
  const board = boards.get(name) ?? (await makeBoard(name, familyName));
  boards.set(name, board);
  const { twin, takeUart } = board;
  const traffic = new Traffic();
  const probe = await openDevice(twin.device, twin.clock, new Trace(twin.clock, traffic));
  return { probe, clock: twin.clock, isVirtual: true, traffic, takeUart, close: () => probe.close() };
}

async function makeBoard(chip: string, family: string | undefined): Promise<SimulatedBoard> {
  const decoder = new TextDecoder();
  let text = "";
  const uart = (bytes: Uint8Array) => {
    text = (text + decoder.decode(bytes, { stream: true })).slice(-MOST_TEXT);
  };
  const twin = buildTwin({ chip, probe: PROBE, uart }, await loadFamilyModels(family), await loadProbeKind(PROBE));
  const takeUart = () => {
    const sent = text;
    text = "";
    return sent;
  };
  return { twin, takeUart };
}
