import { codeOf } from "../../base/errors.ts";
import { connect } from "../../session/connect.ts";
import type { ConnectEvent } from "../../session/connect-events.ts";
import type { Session } from "../../session/session.ts";
import { tracedProbe } from "../../session/traced.ts";
import { UNKNOWN_LOCKS } from "../../protection/chip-fields.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { SessionError } from "../../session/session-error.ts";
import { connectLines } from "../console/connect-console.ts";
import { type Context, print } from "../console/context.ts";
import { isCalledOff } from "../run/failure.ts";
import type { HostProbe, ProbeChoice } from "../host.ts";
import type { Background } from "../run/background.ts";
import { EraseUnderWay } from "./erase-under-way.ts";
import { RawPort } from "./raw-port.ts";
import { askAboutLock } from "./secured-device.ts";
import { DEFAULT_KHZ } from "../language/settings.ts";
import type { CoreAfter } from "../words/run-words.ts";
import { deviceError, packOrigin } from "../words/device-words.ts";
import * as probeTexts from "../texts/v7-86e/probe.ts";
import * as texts from "../texts/v7-86e/target.ts";
import type { DeclaredChange } from "../../protection/effective-image.ts";

/** Probe and target of one run: connected when a command first needs them, with J-Link's lines. */
export class Connection {
  /** What this run has done to the chip's flash, for the explanation of a later verify. */
  readonly history: LoadHistory = { massErased: false };
  /** A mass erase that a raw write has started. */
  readonly eraseUnderWay = new EraseUnderWay();
  readonly breakpoints = new BreakpointHandles();
  private readonly context: Context;
  private choice: ProbeChoice;
  private opened: HostProbe | undefined;
  private session: Session | undefined;
  private raw: RawPort | undefined;
  private readonly rttPort: number;
  private background: Background | undefined;

  constructor(context: Context, choice: ProbeChoice, rttPort: number) {
    this.context = context;
    this.choice = choice;
    this.rttPort = rttPort;
  }

  /** Works on a target that another part of the program has connected, and that stays connected after the run. */
  adopt(opened: HostProbe, session: Session): void {
    this.opened = { ...opened, close: async () => {} };
    this.session = session;
  }

  /** Waits for input or a client. In the background a simulated board runs and RTT is served; `lost` says that the probe has gone. */
  async during<T>(wait: (lost: AbortSignal) => Promise<T>): Promise<T> {
    // Loaded here: a script that ends by itself does not wait.
    if (this.session) this.background ??= await this.makeBackground();
    if (!this.background) return wait(new AbortController().signal);
    const result = await this.background.during(wait);
    if (this.background.hasLostProbe) await this.disconnect().catch(() => {});
    return result;
  }

  /** The probe; throws `session-closed` where none is open. */
  get openedProbe(): HostProbe {
    if (!this.opened) throw new SessionError("session-closed", "No probe is open");
    return this.opened;
  }

  /** Whether a probe is open. */
  get hasProbe(): boolean {
    return this.opened !== undefined;
  }

  /** Whether the target is connected. */
  get isLive(): boolean {
    return this.session !== undefined;
  }

  /** Whether the target's time passes by itself, so that others may use it while the Commander sleeps. */
  get livesOnItsOwn(): boolean {
    return this.isLive && this.opened?.pace === undefined && this.context.host.serveRtt !== undefined;
  }

  /** The target; throws `session-closed` where none is connected. */
  get target(): Session {
    if (!this.session) throw new SessionError("session-closed", "No target is connected");
    return this.session;
  }

  /** Opens the probe for a command that needs it; answers whether it is open. */
  async needProbe(): Promise<boolean> {
    if (this.opened) return true;
    print(this.context, probeTexts.probeNotConnectedYet());
    return this.openProbe();
  }

  /** Connects probe and target for a command that needs them; answers whether they are connected. */
  async needTarget(): Promise<boolean> {
    if (this.session) return true;
    if (!(await this.needProbe())) return false;
    print(this.context, texts.targetNotConnectedYet());
    return this.connectTarget();
  }

  /** Opens the probe and prints what it says of itself. */
  async openProbe(): Promise<boolean> {
    if (this.opened) return true;
    const host = this.choice.ip === undefined ? "USB" : "IP";
    try {
      this.opened = await this.context.host.openProbe(this.choice);
      print(this.context, [...probeTexts.probeConnected(host), ...(await this.probeBlock(this.opened))]);
      return true;
    } catch (error) {
      if (isCalledOff(error)) throw error;
      print(this.context, probeTexts.probeNotFound(host));
      this.context.notes.error(error);
      return false;
    }
  }

  /** Takes another probe in place of the one that is open; answers whether it is there. */
  async choose(choice: ProbeChoice): Promise<boolean> {
    await this.disconnect();
    this.choice = choice;
    return this.openProbe();
  }

  /** Connects to the target and prints what is found; answers whether it is connected. */
  async connectTarget(): Promise<boolean> {
    const { device, wire = "SWD" } = this.context.settings;
    try {
      this.checkSettings();
      // Connecting to a chip that resets over and over holds it by its access port, which the erase has.
      await this.settleErase();
      print(this.context, [...texts.deviceSelected(device?.text ?? "UNSPECIFIED"), ...texts.connecting(wire)]);
      this.raw = undefined;
      this.session = await this.connectSession();
      print(this.context, texts.targetIdentified(this.session.core.identity.name));
      this.noteMismatch(this.session);
      return true;
    } catch (error) {
      this.dropTarget();
      if (isCalledOff(error)) throw error;
      if (codeOf(error) === "target-no-power") print(this.context, texts.voltageTooLow());
      print(this.context, this.context.texts.targetNotConnected());
      if (!isReported(error)) this.context.notes.error(error, device ? [] : [NO_DEVICE]);
      return false;
    }
  }

  /** Switches the wire to SWD and answers DPIDR; a live target is on it already. */
  async switchToSwd(): Promise<number> {
    if (!this.session) this.raw = undefined;
    return (await this.rawPort()).dp.id;
  }

  /** Raw access to the debug port, without a chip; the wire is switched to SWD at the first call. */
  async rawPort(): Promise<RawPort> {
    const { probe: bare, clock, trace } = this.openedProbe;
    const probe = trace ? tracedProbe(bare, trace) : bare;
    const hz = (this.context.settings.khz ?? DEFAULT_KHZ) * 1_000;
    this.raw ??= await RawPort.open({ probe, clock, hz, live: this.session?.found.dp }, this.context.io);
    return this.raw;
  }

  /** Waits for the end of a mass erase that a raw write has started; called before whatever resets the chip. */
  async settleErase(): Promise<void> {
    if (!this.eraseUnderWay.isExpected || !this.opened) return;
    const { dp } = await this.rawPort();
    await this.eraseUnderWay.settle({ dp, clock: this.opened.clock }, this.context.notes, this.context.io);
  }

  /** Forgets the target: it was reset into a lock, or another device was named. The probe stays open. */
  dropTarget(): void {
    this.session = undefined;
    this.raw = undefined;
  }

  /** Lets the core run on as J-Link does, and closes everything that is open; answers what became of the core. */
  async close(): Promise<CoreAfter> {
    await this.background?.close();
    const core = await this.letCoreGo();
    await this.session?.close();
    await this.disconnect();
    return core;
  }

  private async letCoreGo(): Promise<CoreAfter> {
    if (!this.session) return "not-connected";
    if (!this.context.settings.restartOnClose) return "halted";
    try {
      await this.session.core.resume();
      return "runs";
    } catch {
      return "lost";
    }
  }

  /** Lets go of probe and target. */
  async disconnect(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    this.dropTarget();
    await opened?.close();
  }

  private async makeBackground(): Promise<Background> {
    const { Background } = await import("../run/background.ts");
    return new Background(this.context, this.rttPort, () => ({ opened: this.opened, session: this.session }));
  }

  private async probeBlock({ probe }: HostProbe): Promise<readonly string[]> {
    await probe.readDetails?.(this.context.io);
    const { firmware, hardware = "N/A", serial, licenses = [] } = probe.info;
    const vtrefMv = (await probe.targetVoltage?.(this.context.io)) ?? 0;
    return probeTexts.probeBlock({ firmware, hardware, serial, licenses, vtrefMv }, this.context.texts);
  }

  /** Nothing is touched under an unknown name, or over a wire that we don't support. */
  private checkSettings(): void {
    const { device, wire = "SWD" } = this.context.settings;
    if (wire !== "SWD") throw new SessionError("session-closed", `${wire} is not supported: use -If SWD`);
    if (device?.kind !== "unknown") return;
    print(this.context, texts.deviceUnknown(device.text));
    throw deviceError(device);
  }

  /** A locked chip that stays locked gives a session without a core; J-Link says no more of it then. */
  private async connectSession(): Promise<Session> {
    const { context, history } = this;
    const { probe, clock, trace } = this.openedProbe;
    const { device, khz = DEFAULT_KHZ } = context.settings;
    let isLocked = false;
    const onEvent = (event: ConnectEvent) => {
      if (event.event === "unlock-decided") isLocked = !event.unlock;
      if (event.event === "unlocked") history.massErased = true;
      if (!isLocked) print(context, connectLines(event, context.texts));
    };
    const onLocked = (lock: LockState) => askAboutLock(context, lock);
    const chip = device?.chip ? { chip: device.chip } : {};
    const options = {
      probe,
      clock,
      hz: khz * 1_000,
      how: "attach",
      components: true,
      onEvent,
      onLocked,
      ...(trace && { trace }),
    } as const;
    const session = await connect({ ...options, ...chip }, context.io);
    await context.host.onConnected?.(session);
    return session;
  }

  private noteMismatch({ found }: Session): void {
    if (found.chip) this.context.notes.add(...packOrigin(found.chip));
    if (found.chip && !found.chip.protection) this.context.notes.add(`${found.chip.name}: ${UNKNOWN_LOCKS}`);
    if (found.match !== "no") return;
    const name = found.chip?.name ?? "";
    this.context.notes.add(`the chip's identification registers say that it is no ${name}: nothing will be programmed`);
  }
}

/** What a connection without a device can't do. */
const NO_DEVICE =
  "No device is named. With -Device NAME, or device NAME before this line, a blank or locked chip can be connected to as well; ExpDevList FILE lists the names.";

/** The dialogue about the lock has reported it. */
const isReported = (error: unknown): boolean =>
  ["target-locked", "target-locked-for-ever"].includes(codeOf(error) ?? "");

/** The numbers by which Commander names breakpoints: from 1, and never the same one twice. */
class BreakpointHandles {
  private readonly addresses = new Map<number, number>();
  private last = 0;

  /** The handle of the breakpoint at an address: the one it has, or a new one. */
  handleOf(address: number): number {
    const known = [...this.addresses].find(([, at]) => at === address);
    if (known) return known[0];
    this.addresses.set(++this.last, address);
    return this.last;
  }

  /** The address behind a handle, which is forgotten; undefined for an unknown handle. */
  take(handle: number): number | undefined {
    const address = this.addresses.get(handle);
    this.addresses.delete(handle);
    return address;
  }
}

/** What a download of this run did to the chip. */
export interface PastLoad {
  /** Bytes that were programmed otherwise than the file says. */
  readonly changes: readonly DeclaredChange[];
  /** Whether the sector of the security bytes was erased for it. */
  readonly fieldSectorErased: boolean;
  /** The device's name at that time. */
  readonly device: string;
}

/** What this run has done to the chip's flash. */
export interface LoadHistory {
  massErased: boolean;
  /** The last download that touched the flash configuration field. */
  lastLoad?: PastLoad;
}
