import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ControlAct, LiveSight, ShownRegister } from "../../protocol.ts";
import { attached, control } from "../board/board-state.ts";
import { address32, hexBytes, parseNumber } from "../hex.ts";
import { CodeFold } from "../code-fold.tsx";
import { lazily } from "../lazily.tsx";
import { isBoardAtWork } from "../state.ts";
import {
  addWatch,
  dropWatch,
  forgetSight,
  isCodeShown,
  isLive,
  numberOf,
  rttText,
  samples,
  send,
  sight,
  stopWatching,
  uartText,
  watches,
  watchTarget,
} from "./live-state.ts";

const Plot = lazily(async () => (await import("./plot.tsx")).Plot);

const Serial = lazily(async () => (await import("../serial/serial.tsx")).Serial);

/** The connected target as it runs, and a serial port of this machine. */
export const LiveView = (): JSX.Element => (
  <>
    <Target />
    <Serial />
  </>
);

/** RTT, UART of a simulated board, watched memory, registers. */
function Target(): JSX.Element {
  const board = attached.value;
  useEffect(() => {
    forgetSight();
    return stopWatching;
  }, [board?.id]);
  if (!board || board.isLocked)
    return (
      <p>
        {board ? "The chip is locked: nothing of it can be seen." : "No board is connected."}{" "}
        <a href="#connect">Connect one</a>: a probe's, or a simulated one.
      </p>
    );
  return (
    <>
      <Controls />
      <p aria-live="polite">
        {sight.value ? `The core is ${sight.value.state}, at ${(sight.value.atMs / 1000).toFixed(2)} s.` : "Not looked at yet."}
      </p>
      <Rtt at={sight.value?.rttAt} />
      {uartText.value !== "" && <Text title="UART" text={uartText.value} />}
      <Watched seen={sight.value} />
      {sight.value && <Code {...sight.value} />}
      {sight.value && <Registers {...sight.value} />}
    </>
  );
}

const ACTS: readonly (readonly [act: ControlAct, label: string])[] = [
  ["halt", "Halt"],
  ["resume", "Resume"],
  ["step", "Step"],
  ["reset", "Reset and run"],
];

const Controls = (): JSX.Element => (
  <p class="input">
    {isLive.value ? (
      <button type="button" onClick={stopWatching}>
        Stop looking
      </button>
    ) : (
      <button type="button" disabled={isBoardAtWork.value} onClick={() => void watchTarget()}>
        Look at the target
      </button>
    )}
    {ACTS.map(([act, label]) => (
      <button key={act} type="button" disabled={isBoardAtWork.value} onClick={() => void control(act)}>
        {label}
      </button>
    ))}
  </p>
);

const Text = ({ title, text }: { readonly title: string; readonly text: string }): JSX.Element => (
  <>
    <h3>{title}</h3>
    <pre tabIndex={0} role="log" aria-label={title}>
      {text}
    </pre>
  </>
);

function Rtt({ at }: { readonly at: number | undefined }): JSX.Element {
  const [line, setLine] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    send(`${line}\n`);
    setLine("");
  };
  return (
    <>
      <Text title="RTT, channel 0" text={rttText.value} />
      <form onSubmit={submit}>
        {at === undefined ? "No control block was found." : `Control block at ${address32(at)}.`}{" "}
        <label>
          Send <input value={line} onInput={({ currentTarget }) => setLine(currentTarget.value)} />
        </label>{" "}
        <button type="submit" disabled={at === undefined}>
          Send this line
        </button>
      </form>
    </>
  );
}

function Watched({ seen }: { readonly seen: LiveSight | undefined }): JSX.Element {
  const [start, setStart] = useState("0x20000000");
  const [length, setLength] = useState("4");
  const [from, count] = [parseNumber(start), parseNumber(length)];
  const isRange = from !== undefined && count !== undefined && count > 0 && count <= 0x400;
  return (
    <fieldset>
      <legend>Memory</legend>
      <label>
        Address <input value={start} size={12} onInput={({ currentTarget }) => setStart(currentTarget.value)} />
      </label>
      <label>
        Bytes <input value={length} size={12} onInput={({ currentTarget }) => setLength(currentTarget.value)} />
      </label>
      <button type="button" disabled={!isRange} onClick={() => isRange && addWatch({ start: from, length: count })}>
        Watch
      </button>
      {watches.value.map((watch, i) => (
        <div key={`${watch.start} ${i}`}>
          <code>{address32(watch.start)}</code>: <code>{valueText(seen?.memory[i])}</code>{" "}
          <button type="button" onClick={() => dropWatch(i)}>
            Watch {address32(watch.start)} no more
          </button>
          {(samples.value[i]?.length ?? 0) > 1 && <Plot name={address32(watch.start)} samples={samples.value[i]} />}
        </div>
      ))}
      {seen?.unreadable.map((why) => (
        <p key={why} class="failure">
          {why}
        </p>
      ))}
    </fieldset>
  );
}

function valueText(bytes: Uint8Array | undefined): string {
  const value = numberOf(bytes);
  return `${bytes ? hexBytes(bytes) : "?"}${value === undefined ? "" : ` = ${value}`}`;
}

/** The instructions around PC; what lies before it may be misread, as Thumb can't be read backwards. */
const Code = ({ state, code }: LiveSight): JSX.Element => (
  <CodeFold
    title="Instructions around PC"
    code={code}
    mark={code?.at}
    absent={state === "halted" ? "PC has just been asked for, or memory at PC can't be read." : "They are read while the core is halted."}
    onToggle={(isOpen) => {
      isCodeShown.value = isOpen;
    }}
  />
);

const Registers = ({ registers, system }: LiveSight): JSX.Element => (
  <>
    <h3>Registers</h3>
    {registers.length === 0 && <p>The core's own are read while it is halted.</p>}
    <div class="scroll" tabIndex={0} role="region" aria-label="Registers">
      <table>
        <tbody>
          {[...registers, ...system].map(({ name, value, words }: ShownRegister) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{address32(value)}</code>
              </td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
);
