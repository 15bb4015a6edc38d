import type { JSX } from "preact";
import { BoardView } from "./board/board-view.tsx";
import { ConnectView } from "./board/connect-view.tsx";
import { ExplainView } from "./explain-view.tsx";
import { Fields } from "./fields.tsx";
import { FileInput } from "./file-input.tsx";
import { lazily } from "./lazily.tsx";
import { OfflineNote } from "./offline/offline-note.tsx";
import { PlanView } from "./plan-view.tsx";
import { RehearseView } from "./rehearse-view.tsx";
import { busy, failure, stop, VIEWS, type View, view } from "./state.ts";

const TITLES: { readonly [name in View]: string } = {
  explain: "Explain",
  plan: "Plan",
  rehearse: "Rehearse",
  connect: "Connect",
  board: "Board",
  live: "Live",
  time: "Where the time went",
  history: "History",
};

const CONTENT: { readonly [name in View]: (props: object) => JSX.Element | null } = {
  explain: ExplainView,
  plan: PlanView,
  rehearse: RehearseView,
  connect: ConnectView,
  board: BoardView,
  live: lazily(async () => (await import("./live/live-view.tsx")).LiveView),
  time: lazily(async () => (await import("./time/time-view.tsx")).TimeView),
  history: lazily(async () => (await import("./history/history-view.tsx")).HistoryView),
};

/** The page: a file and a chip, the views, and what went wrong. */
export function App(): JSX.Element {
  const Content = CONTENT[view.value];
  return (
    <>
      <header>
        <h1>Flashproof</h1>
        <p>What is in an image or a log, what a flash of it would do, a rehearsal on a simulated board, and a real one.</p>
        <nav aria-label="Views">
          {VIEWS.map((name) => (
            <a key={name} href={`#${name}`} aria-current={view.value === name ? "page" : undefined}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
      </header>
      <main>
        <FileInput />
        <Failure />
        <section aria-labelledby="view-title">
          <h2 id="view-title">{TITLES[view.value]}</h2>
          <Content />
        </section>
      </main>
      <footer>
        <p>Nothing leaves this browser. Simulated boards stand for chips that were never run on silicon by Flashproof.</p>
        <OfflineNote />
      </footer>
    </>
  );
}

function Failure(): JSX.Element {
  const error = failure.value;
  return (
    <>
      <div role="alert">
        {error && (
          <div class="failure">
            <p>
              <strong>{error.message}</strong> [{error.code}]
            </p>
            <ul>
              {error.hints.map((hint) => (
                <li key={hint}>{hint}</li>
              ))}
            </ul>
            {error.report !== undefined && <Fields title="Every field of the error" json={error.report} />}
          </div>
        )}
      </div>
      {busy.value === "rehearse" && (
        <button type="button" onClick={stop}>
          Stop
        </button>
      )}
    </>
  );
}
