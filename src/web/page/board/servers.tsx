import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { parseNumber } from "../hex.ts";
import { isBoardAtWork } from "../state.ts";
import { endServing, serve, serving } from "./board-state.ts";

/** GDB and RTT for other programs, as long as this board is connected: their ports, their clients, and their end. */
export function Servers(): JSX.Element {
  return (
    <fieldset>
      <legend>For other programs of this machine</legend>
      <div aria-live="polite">{serving.value ? <Served /> : <Start />}</div>
      <p>There is no password: every program on this machine can connect. Nothing that needs a consent is done for one.</p>
    </fieldset>
  );
}

function Start(): JSX.Element {
  const [gdb, setGdb] = useState("3333");
  const [rtt, setRtt] = useState("19021");
  const [gdbPort, rttPort] = [parseNumber(gdb), parseNumber(rtt)];
  const isGiven = gdbPort !== undefined && rttPort !== undefined;
  return (
    <>
      <label>
        Port of GDB <input value={gdb} size={6} onInput={({ currentTarget }) => setGdb(currentTarget.value)} />
      </label>
      <label>
        Port of RTT <input value={rtt} size={6} onInput={({ currentTarget }) => setRtt(currentTarget.value)} />
      </label>
      <button
        type="button"
        disabled={!isGiven || isBoardAtWork.value}
        onClick={() => isGiven && void serve({ gdb: gdbPort, rtt: rttPort })}
      >
        Serve GDB and RTT
      </button>
    </>
  );
}

function Served(): JSX.Element | null {
  const shown = serving.value;
  if (!shown) return null;
  const clients = shown.gdbClients === 0 ? "no debugger is connected" : "a debugger is connected, and the core is its";
  return (
    <>
      <p>
        <code>target remote 127.0.0.1:{shown.gdb}</code>: {clients}.
      </p>
      <p>
        RTT's channels are at 127.0.0.1:{shown.rtt}, and not in the Live view meanwhile.{" "}
        <button type="button" disabled={isBoardAtWork.value} onClick={() => void endServing()}>
          Serve no more
        </button>
      </p>
    </>
  );
}
