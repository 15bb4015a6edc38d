import type { JSX } from "preact";
import type { Rehearsed } from "../protocol.ts";
import type { Progress } from "./state.ts";
import { Fields } from "./fields.tsx";
import { TimeChart } from "./lazy-parts.tsx";
import { Guesses, Lines } from "./lines.tsx";
import { SecurityChoice } from "./plan-view.tsx";
import { busy, canPlan, choose, faults, probe, progress, rehearse, rehearsed, uart } from "./state.ts";

const PROBES = ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"] as const;

/** Faults that people ask about; the field takes any of the fault grammar. */
const FAULTS: readonly (readonly [faults: string, label: string])[] = [
  ["", "none"],
  ["power-cut@flash=7:50", "the power fails in the middle of a flash command"],
  ["unplug@usb=400", "the probe's cable is pulled"],
  ["noack@dap=1000x3", "three transfers without an answer"],
];

/** A flash of a simulated board, with its firmware afterwards. */
export function RehearseView(): JSX.Element {
  return (
    <>
      <SecurityChoice />
      <div class="input">
        <Choice label="Probe" of={probe} options={PROBES.map((name) => [name, name])} />
        <Choice label="What goes wrong" of={faults} options={FAULTS} />
      </div>
      <button type="button" disabled={!canPlan.value} onClick={() => void rehearse()}>
        Flash a simulated board
      </button>
      {busy.value === "rehearse" && <Bar at={progress.value} />}
      <div aria-live="polite">{rehearsed.value && <Result {...rehearsed.value} />}</div>
      {uart.value !== "" && <Uart />}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly of: { value: string };
  readonly options: readonly (readonly [value: string, label: string])[];
}

const Choice = ({ label, of, options }: ChoiceProps): JSX.Element => (
  <label>
    {label}{" "}
    <select
      value={of.value}
      onChange={({ currentTarget }) => choose(of, currentTarget.value)}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

/** How far a job is. */
export function Bar({ at }: { readonly at: Progress | undefined }): JSX.Element {
  const { phase, done, total } = at ?? { phase: "connect", done: 0, total: 1 };
  return (
    <p>
      <label>
        {phase} <progress value={done} max={Math.max(1, total)} />
      </label>
    </p>
  );
}

const Uart = (): JSX.Element => (
  <>
    <h3>UART</h3>
    <pre tabIndex={0}>{uart.value}</pre>
  </>
);

function Result({ digest, verdict, guesses, lines, phases, totalMs, timeline, json }: Rehearsed): JSX.Element {
  return (
    <>
      <p>
        <strong>Verdict: {verdict}</strong>. {lines[0]}
      </p>
      <Guesses guesses={guesses} />
      <p>
        {Math.round(totalMs)} ms of the board's time; digest <code>{digest}</code>
      </p>
      <TimeChart phases={phases} totalMs={totalMs} timeline={timeline} unit="virtual" />
      <Lines title="The comparison, as text" lines={lines} />
      <Fields title="Every field of the comparison" json={json} />
    </>
  );
}
