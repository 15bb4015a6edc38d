import type { JSX } from "preact";
import type { Explained, ShownFinding } from "../protocol.ts";
import { CodeFold } from "./code-fold.tsx";
import { Fields } from "./fields.tsx";
import { lazily } from "./lazily.tsx";
import { Guesses, Lines } from "./lines.tsx";
import { chip, exampleImage, explained } from "./state.ts";

const CompareSection = lazily(async () => (await import("./compare/compare-section.tsx")).CompareSection);
const DocumentView = lazily(async () => (await import("./document/document-view.tsx")).DocumentView);
const PackView = lazily(async () => (await import("./document/pack-view.tsx")).PackView);
const Walkthrough = lazily(async () => (await import("./seed/walkthrough.tsx")).Walkthrough);

/** What a file shows. */
export function ExplainView(): JSX.Element {
  const shown = explained.value;
  const image = exampleImage.value;
  return (
    <>
      <div aria-live="polite">{shown ? <Explanation {...shown} /> : <Invitation />}</div>
      {shown?.kind === "log" && image && <Walkthrough image={image} chip={chip.value} />}
      {shown?.kind === "image" && <CompareSection />}
    </>
  );
}

const Invitation = (): JSX.Element => (
  <>
    <p>
      Give an image (HEX, S-record, ELF, UF2, raw), the log of a programming tool, a pack (.pack, .pdsc, .FLM), or what
      Flashproof has printed by --json.
    </p>
    <p>
      Without a file at hand: <a href="#explain&example=seed">a log that ends in "Verify failed"</a>, or{" "}
      <a href="#explain&example=bootloader">the image behind it</a>.
    </p>
  </>
);

function Explanation({ kind, answer, findings, guesses, lines, entry, devices, json }: Explained): JSX.Element {
  if (kind === "document" || kind === "pack")
    return (
      <>
        <Guesses guesses={guesses} />
        {kind === "pack" ? <PackView devices={devices} json={json} /> : <DocumentView json={json} />}
        {lines.length > 0 && <Lines title="Everything, as text" lines={lines} />}
        <Fields title="Every field of the report" json={json} />
      </>
    );
  return (
    <>
      {answer && (
        <dl>
          <dt>What happened</dt>
          <dd>{answer.happened}</dd>
          <dt>Likely cause</dt>
          <dd>{answer.cause}</dd>
          <dt>Do next</dt>
          <dd>{answer.next}</dd>
        </dl>
      )}
      <Guesses guesses={guesses} />
      {kind === "image" && findings.length === 0 && <p>{chip.value === "" ? "Name the chip to have its security fields read." : "No findings."}</p>}
      {findings.length > 0 && (
        <ul class="findings">
          {findings.map((finding) => (
            <Finding key={finding.what} {...finding} />
          ))}
        </ul>
      )}
      <Lines title="Everything, as text" lines={lines} />
      {entry && <CodeFold title="Instructions where the program begins" code={entry} />}
      <Fields title="Every field of the report" json={json} />
    </>
  );
}

const Finding = ({ severity, what, why, remedy }: ShownFinding): JSX.Element => (
  <li class={severity}>
    <strong>{severity}</strong>: {what} {why}
    <br />
    <em>{remedy}</em>
  </li>
);
