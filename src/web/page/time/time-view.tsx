import type { JSX } from "preact";
import { outcome } from "../board/board-state.ts";
import { rehearsed } from "../state.ts";
import { TimeChart } from "./time-chart.tsx";

/** Where the time of the last rehearsal and of the last flash went. */
export function TimeView(): JSX.Element {
  const flashed = outcome.value && "timeline" in outcome.value ? outcome.value : undefined;
  const simulated = rehearsed.value;
  return (
    <>
      {!flashed && !simulated && (
        <p>
          Nothing was flashed yet: <a href="#rehearse">rehearse a flash</a>, or <a href="#board">flash a board</a>.
        </p>
      )}
      {flashed && (
        <>
          <h3>The board</h3>
          <TimeChart {...flashed} unit={flashed.isVirtual ? "virtual" : "wall clock"} />
        </>
      )}
      {simulated && (
        <>
          <h3>The rehearsal</h3>
          <TimeChart {...simulated} unit="virtual" />
        </>
      )}
    </>
  );
}
