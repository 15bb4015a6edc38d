import type { JSX } from "preact";
import { isHeldBack, isKept, mayUpdate, newer, update } from "./offline-state.ts";

/** Whether the page works without a network, and the newer build where there is one. */
export const OfflineNote = (): JSX.Element => (
  <div aria-live="polite">
    {isKept.value && <p>This browser keeps the page: it works without a network.</p>}
    {newer.value && (
      <p>
        A newer page is there.{" "}
        <button type="button" disabled={!mayUpdate.value} onClick={() => void update()}>
          Load it
        </button>{" "}
        {isHeldBack.value && "Close the other pages of Flashproof first."}
      </p>
    )}
  </div>
);
