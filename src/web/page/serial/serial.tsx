import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { parseNumber } from "../hex.ts";
import { closeSerial, openSerial, sendSerial, serialState, serialText } from "./serial-state.ts";

/** A terminal on a serial port of this machine: the UART that a probe passes on, whatever it is at work on. */
export function Serial(): JSX.Element {
  useEffect(() => () => void closeSerial(), []);
  return (
    <fieldset>
      <legend>Serial port (Web Serial)</legend>
      {navigator.serial === undefined && <p>This browser has no Web Serial: use Chrome, Edge or Opera on a desktop.</p>}
      {serialState.value === "open" ? <Terminal /> : <Closed />}
      {serialText.value !== "" && (
        <pre tabIndex={0} role="log" aria-label="Serial port">
          {serialText.value}
        </pre>
      )}
    </fieldset>
  );
}

function Closed(): JSX.Element {
  const [baud, setBaud] = useState("115200");
  const rate = parseNumber(baud);
  const isReady = navigator.serial !== undefined && serialState.value === "closed" && rate !== undefined && rate > 0;
  return (
    <>
      <label>
        Baud <input value={baud} size={8} onInput={({ currentTarget }) => setBaud(currentTarget.value)} />
      </label>
      <button type="button" disabled={!isReady} onClick={() => rate !== undefined && void openSerial(rate)}>
        Open a serial port
      </button>
    </>
  );
}

function Terminal(): JSX.Element {
  const [line, setLine] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    void sendSerial(`${line}\r\n`);
    setLine("");
  };
  return (
    <form onSubmit={submit}>
      <label>
        To the serial port <input value={line} onInput={({ currentTarget }) => setLine(currentTarget.value)} />
      </label>{" "}
      <button type="submit">Send by serial port</button>{" "}
      <button type="button" onClick={() => void closeSerial()}>
        Close the serial port
      </button>
    </form>
  );
}
