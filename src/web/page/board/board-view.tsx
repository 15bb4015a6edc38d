import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Flashed, NeededConsent, Verified } from "../../protocol.ts";
import {
  agreed,
  agreedToMassErase,
  attached,
  boardPlan,
  boardProgress,
  boardTask,
  cancel,
  flash,
  isAsNamed,
  mayFlash,
  memory,
  outcome,
  planOnBoard,
  read,
  unlock,
  verify,
} from "./board-state.ts";
import { DifferenceTable } from "./difference-table.tsx";
import { address32, hexBytes, parseNumber } from "../hex.ts";
import { CodeFold } from "../code-fold.tsx";
import { Fields } from "../fields.tsx";
import { TimeChart } from "../lazy-parts.tsx";
import { Lines } from "../lines.tsx";
import { Plan, SecurityChoice } from "../plan-view.tsx";
import { chip, file, isBoardAtWork } from "../state.ts";
import { Bar } from "../rehearse-view.tsx";

/** Jobs on the connected board. */
export function BoardView(): JSX.Element {
  if (!attached.value)
    return (
      <p>
        No board is connected: <a href="#connect">connect one</a>.
      </p>
    );
  return (
    <>
      <Under />
      {attached.value.isLocked ? <Unlock /> : <Flash />}
      <Read />
    </>
  );
}

/** What is under way, and the way to call it off. */
const Under = (): JSX.Element => (
  <>
    {boardTask.value !== undefined && (
      <>
        <Bar at={boardProgress.value} />
        <button type="button" onClick={cancel}>
          Call it off
        </button>
      </>
    )}
  </>
);

function Flash(): JSX.Element {
  const isReady = file.value !== undefined && isAsNamed.value && !isBoardAtWork.value;
  return (
    <>
      <SecurityChoice />
      <p class="input">
        <button type="button" disabled={!isReady} onClick={() => void planOnBoard()}>
          Plan against this board
        </button>
        <button type="button" disabled={!isReady} onClick={() => void verify()}>
          Compare with this board
        </button>
      </p>
      {(file.value === undefined || chip.value === "") && <p>A job needs an image and the chip's name.</p>}
      <OtherName />
      <div aria-live="polite">
        {boardPlan.value && (
          <>
            <Plan {...boardPlan.value} />
            {boardPlan.value.missing.map((need) => (
              <Consent key={need.token ?? need.why} {...need} />
            ))}
            <button type="button" disabled={!mayFlash.value || isBoardAtWork.value} onClick={() => void flash()}>
              Flash this board
            </button>
          </>
        )}
        {outcome.value && <Outcome {...outcome.value} />}
      </div>
    </>
  );
}

/** A box for an act that can't be undone; where the security policy is enough, the policy is what has to be chosen. */
function Consent({ why, token }: NeededConsent): JSX.Element | null {
  if (token === undefined) return <p>Choose under Security what is to be done about it, and plan again.</p>;
  const isAgreed = agreed.value.includes(token);
  const toggle = () => {
    agreed.value = isAgreed ? agreed.value.filter((each) => each !== token) : [...agreed.value, token];
  };
  return (
    <label class="consent">
      <input type="checkbox" checked={isAgreed} onChange={toggle} /> I agree: {why}{" "}
      <code>--allow-irreversible {token}</code>
    </label>
  );
}

function Outcome(shown: Flashed | Verified): JSX.Element {
  return (
    <>
      <p>
        <strong>Verdict: {shown.verdict}</strong>. {shown.lines[0]}
      </p>
      {"isLocked" in shown && shown.isLocked && <p class="failure">The chip is locked now.</p>}
      {"digest" in shown && (
        <p>
          {Math.round(shown.totalMs)} ms; digest <code>{shown.digest}</code>
        </p>
      )}
      {shown.differences.length > 0 && <DifferenceTable differences={shown.differences} />}
      {"phases" in shown && (
        <TimeChart {...shown} unit={shown.isVirtual ? "virtual" : "wall clock"} />
      )}
      <Lines title="The comparison, as text" lines={shown.lines} />
      <Fields title="Every field of the comparison" json={shown.json} />
    </>
  );
}

/** What to do where the board was connected as another chip than the one that is named, or without a name. */
const OtherName = (): JSX.Element => (
  <>
    {chip.value !== "" && !isAsNamed.value && (
      <p>
        This board was connected {attached.value?.named ? `as a ${attached.value.named}` : "without a chip's name"}:{" "}
        <a href="#connect">connect it again</a> to work on it as a {chip.value}.
      </p>
    )}
  </>
);

function Unlock(): JSX.Element {
  const isAgreed = agreedToMassErase.value;
  const toggle = () => {
    agreedToMassErase.value = !isAgreed;
  };
  return (
    <fieldset>
      <legend>Unlock</legend>
      <p>The chip is locked: nothing on it can be read.</p>
      <label class="consent">
        <input type="checkbox" checked={isAgreed} onChange={toggle} />{" "}
        Everything on the chip may be erased <code>--allow-mass-erase</code>
      </label>
      <button type="button" disabled={!isAgreed || !isAsNamed.value || isBoardAtWork.value} onClick={() => void unlock()}>
        Mass-erase and open the chip
      </button>
      {chip.value === "" && <p>Name the chip first, and connect again.</p>}
      <OtherName />
    </fieldset>
  );
}

function Read(): JSX.Element {
  const [start, setStart] = useState("0x00000000");
  const [length, setLength] = useState("0x100");
  const [from, count] = [parseNumber(start), parseNumber(length)];
  return (
    <fieldset>
      <legend>Read</legend>
      <label>
        Address <input value={start} size={12} onInput={({ currentTarget }) => setStart(currentTarget.value)} />
      </label>
      <label>
        Bytes <input value={length} size={12} onInput={({ currentTarget }) => setLength(currentTarget.value)} />
      </label>
      <button
        type="button"
        disabled={from === undefined || count === undefined || isBoardAtWork.value}
        onClick={() => from !== undefined && count !== undefined && void read(from, count)}
      >
        Read memory
      </button>
      <div aria-live="polite">{memory.value && <Bytes {...memory.value} />}</div>
    </fieldset>
  );
}

/** Bytes of which the page shows the first. */
const SHOWN = 0x400;

/** What is read as instructions: whole halfwords, from the first one on. */
function asCode(start: number, bytes: Uint8Array) {
  const skip = start % 2;
  return { start: start + skip, bytes: bytes.subarray(skip, skip + SHOWN), at: start + skip };
}

function Bytes({ start, bytes, readings }: { readonly start: number; readonly bytes: Uint8Array; readonly readings: number }): JSX.Element {
  const rows = Array.from({ length: Math.ceil(Math.min(bytes.length, SHOWN) / 16) }, (_, i) => i * 16);
  const save = ({ currentTarget }: { readonly currentTarget: HTMLAnchorElement }) => {
    currentTarget.href = URL.createObjectURL(new Blob([Uint8Array.from(bytes)]));
  };
  return (
    <>
      <p>
        {bytes.length} bytes, read {readings === 2 ? "twice" : "once"}.{" "}
        <a href="#board" download={`${address32(start)}.bin`} onClick={save}>
          Save as a file
        </a>
      </p>
      <pre tabIndex={0}>{rows.map((at) => `${address32(start + at)}  ${hexBytes(bytes.subarray(at, at + 16))}`).join("\n")}</pre>
      <CodeFold title="These bytes as instructions" code={asCode(start, bytes)} />
    </>
  );
}
