import type { Clock } from "../../base/clock.ts";
import type { Chip } from "../../chips/chip.ts";
import { openDevice } from "../../host/open-device.ts";
import type { ProbeDevice } from "../../probe/drivers.ts";
import type { Probe } from "../../probe/probe.ts";
import { type ConnectOptions, connect } from "../../session/connect.ts";
import { flashImage } from "../../session/flash-job.ts";
import type { Session } from "../../session/session.ts";
import { createTwin, type Twin, type TwinOptions, type TwinState } from "../../twin/usb.ts";
import { type Content, imageOf } from "./content.ts";
import { TrafficCounter } from "./traffic.ts";

/** A probe model of the twin's. */
export type Model = NonNullable<TwinOptions["probe"]>;

/** Every model, in the order of the table. */
export const MODELS: readonly Model[] = ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"];

/** What a board is made of. */
export interface BoardKind {
  readonly chip: Chip;
  readonly model: Model;
  readonly holds: Content;
  readonly flash: NonNullable<TwinOptions["flash"]>;
  readonly hz: number;
}

/** A simulated board, its packets counted. */
export class BenchBoard {
  readonly traffic: TrafficCounter;
  private readonly twin: Twin;
  private readonly kind: BoardKind;

  private constructor(kind: BoardKind, state: TwinState | undefined) {
    const { chip, model, flash } = kind;
    this.kind = kind;
    this.twin = createTwin({ chip: chip.name, probe: model, flash, ...(state && { state }) });
    this.traffic = new TrafficCounter(this.twin.clock, model.startsWith("jlink") ? "one-by-one" : "ahead");
  }

  /** A board that holds what its kind says. */
  static async make(kind: BoardKind): Promise<BenchBoard> {
    return new BenchBoard(kind, await stateOf(kind));
  }

  /** The board's own time. */
  get clock(): Clock {
    return this.twin.clock;
  }

  /** The probe as a system shows it; every packet is counted. */
  get device(): ProbeDevice {
    const { twin, traffic } = this;
    return traffic.count(twin.hid ?? twin.device);
  }

  /** Opens the probe through its driver. */
  openProbe(): Promise<Probe> {
    return openDevice(this.device, this.twin.clock);
  }

  /** Works on the connected target as a verb does, and closes the probe. */
  async onTarget<T>(work: (session: Session) => Promise<T>, how: ConnectOptions["how"] = "halt"): Promise<T> {
    const probe = await this.openProbe();
    try {
      const { chip, hz } = this.kind;
      const session = await connect({ probe, clock: this.clock, chip, hz, how });
      return await work(session);
    } finally {
      await probe.close();
    }
  }

  /** The board as it is, for later ones. */
  snapshot(): TwinState {
    return this.twin.snapshot();
  }
}

/** The states of boards that hold something, by chip and content, made once. */
const states = new Map<string, Promise<TwinState>>();

/** In so many microseconds a boot ROM has started the firmware that a board holds. */
const STARTED_US = 50_000;

function stateOf({ chip, holds, hz }: BoardKind): Promise<TwinState | undefined> {
  const image = imageOf(holds, chip);
  if (!image) return Promise.resolve(undefined);
  const key = `${chip.name} ${holds}`;
  const known = states.get(key);
  if (known) return known;
  const made = (async () => {
    const board = await BenchBoard.make({ chip, holds: "blank", model: "jlink-hs", flash: "zero", hz });
    await board.onTarget(async (session) => {
      await flashImage(session, { image, policy: "keep-open", keepRest: false, permits: [] });
      await session.reset("system", "run");
      if (chip.bootSum) await board.clock.sleep(STARTED_US);
    });
    return board.snapshot();
  })();
  states.set(key, made);
  return made;
}
