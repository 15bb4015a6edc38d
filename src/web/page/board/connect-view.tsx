import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { backend } from "./backend.ts";
import { attach, attached, detach, heldProbe, lookForProbes, nameChip, probes } from "./board-state.ts";
import { capabilities, chooseHid, chooseUsb } from "./choose-device.ts";
import { Fields } from "../fields.tsx";
import { lazily } from "../lazily.tsx";
import { Lines } from "../lines.tsx";
import { chip, isBoardAtWork } from "../state.ts";

const Servers = lazily(async () => (await import("./servers.tsx")).Servers);

/** Probes that can be used here, and the connection to one. */
export function ConnectView(): JSX.Element {
  useEffect(() => void lookForProbes(), []);
  return (
    <>
      {backend === "browser" && <Choosing />}
      <Probes />
      {backend === "browser" && <Simulated />}
      <div aria-live="polite">{attached.value && <Board />}</div>
      {backend === "browser" && <Abilities />}
      <Systems />
    </>
  );
}

const Choosing = (): JSX.Element => (
  <p class="input">
    <Chooser label="Choose a probe" isThere={navigator.usb !== undefined} choose={() => chooseUsb("known")} />
    <Chooser label="Choose among every USB device" isThere={navigator.usb !== undefined} choose={() => chooseUsb("every")} />
    <Chooser label="Choose a CMSIS-DAP 1 (HID)" isThere={navigator.hid !== undefined} choose={chooseHid} />
  </p>
);

interface ChooserProps {
  readonly label: string;
  readonly isThere: boolean;
  readonly choose: () => Promise<boolean>;
}

const Chooser = ({ label, isThere, choose }: ChooserProps): JSX.Element => (
  <button
    type="button"
    disabled={!isThere || isBoardAtWork.value}
    onClick={() => void choose().then((isChosen) => (isChosen ? lookForProbes() : undefined))}
  >
    {label}
  </button>
);

/** A board without hardware: it keeps its flash as long as the page is open. */
const Simulated = (): JSX.Element => (
  <p>
    Without a board:{" "}
    <button type="button" disabled={chip.value === "" || isBoardAtWork.value} onClick={() => void attach("twin")}>
      Use a simulated board
    </button>{" "}
    {chip.value === "" ? "of the chip that is named above." : `of ${chip.value}.`}
  </p>
);

function Probes(): JSX.Element {
  if (!probes.value) return <p>flashproof ui doesn't answer this page: its probes are not known.</p>;
  if (probes.value.length === 0)
    return <p>{backend === "browser" ? "This page may use no probe yet: choose one." : "No probe is plugged in."}</p>;
  return (
    <ul class="probes">
      {probes.value.map(({ id, name }) => (
        <li key={id}>
          {name}{" "}
          <button type="button" disabled={isBoardAtWork.value} onClick={() => void attach(id)}>
            Connect to {name}
          </button>
          {heldProbe.value === id && (
            <button type="button" disabled={isBoardAtWork.value} onClick={() => void attach(id, true)}>
              Take it over from the other page
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Board(): JSX.Element | null {
  const board = attached.value;
  if (!board) return null;
  return (
    <>
      <p>
        <strong>Connected to {board.probe}</strong>
        {board.chip === undefined ? ", to a chip that is not known" : `, ${board.chip}`}
        {board.isLocked && ", locked"}. Nothing was reset.
      </p>
      {chip.value === "" && board.chip !== undefined && (
        <p>
          Only a chip that is named is erased and programmed.{" "}
          <button type="button" onClick={() => void nameChip(board)}>
            It is a {board.chip}
          </button>
        </p>
      )}
      <button type="button" disabled={isBoardAtWork.value} onClick={() => void detach()}>
        Disconnect
      </button>
      {backend === "machine" && !board.isLocked && <Servers />}
      <Lines title="What was seen, as text" lines={board.lines} />
      <Fields title="Every field of what was seen" json={board.json} />
    </>
  );
}

const Abilities = (): JSX.Element => (
  <table>
    <caption>What this browser can do</caption>
    <thead>
      <tr>
        <th scope="col">Needed</th>
        <th scope="col">Here</th>
        <th scope="col">Otherwise</th>
      </tr>
    </thead>
    <tbody>
      {capabilities().map(({ what, isThere, remedy }) => (
        <tr key={what}>
          <th scope="row">{what}</th>
          <td>{isThere ? "yes" : "no"}</td>
          <td>{isThere ? "" : remedy}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** What each system wants before a program or a page may open a probe. */
const SYSTEMS: readonly (readonly [system: string, remedy: string])[] = [
  ["Linux", "A udev rule for USB and hidraw: flashproof doctor --udev prints it. A browser out of a snap needs raw-usb."],
  ["Windows", "WinUSB on the probe's interface: CMSIS-DAP 2 brings it, a J-Link has it switched on in SEGGER's J-Link Configurator."],
  ["macOS", "Nothing for J-Link and CMSIS-DAP 2."],
  ["Android, ChromeOS", "A cable for OTG; no WebHID on Android."],
];

const Systems = (): JSX.Element => (
  <details>
    <summary>If a probe isn't offered, or can't be opened</summary>
    <p>Close other programs and pages that use it: a debugger, an IDE, a GDB server. Then unplug it and plug it in again.</p>
    <table>
      <tbody>
        {SYSTEMS.map(([system, remedy]) => (
          <tr key={system}>
            <th scope="row">{system}</th>
            <td>{remedy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
