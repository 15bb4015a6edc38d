import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { GivenFile, Planned, Rehearsed, SecurityPolicy, WorkError } from "../../protocol.ts";
import { FailedRequest } from "../client.ts";
import { askWorker } from "../state.ts";

/** The image behind a log, and its chip. */
export interface WalkthroughProps {
  readonly image: GivenFile;
  readonly chip: string;
}

/** What one way out comes to. */
interface Way {
  readonly policy: SecurityPolicy;
  readonly title: string;
  readonly planned?: Planned;
  readonly rehearsed?: Rehearsed;
  readonly error?: WorkError;
}

/** Milliseconds of the board's time that the firmware runs: its banner comes in them. */
const RUN_MS = 60;

const WAYS: readonly Way[] = [
  { policy: "keep-open", title: "Keep the chip open: the locking value is changed, and that is declared" },
  { policy: "as-image", title: "As the image has it: the chip is locked with its next reset" },
];

const refused = signal<Planned | undefined>(undefined);
const ways = signal<readonly Way[]>(WAYS);

/** Plans the image as it is, then each way out, and rehearses each on a simulated board. */
async function play({ image: file, chip }: WalkthroughProps, isOver: () => boolean): Promise<void> {
  const job = { file, chip };
  refused.value = undefined;
  ways.value = WAYS;
  refused.value = await askWorker("plan", { ...job, security: "refuse" });
  for (const { policy: security } of WAYS) {
    if (isOver()) return;
    const planned = await askWorker("plan", { ...job, security });
    note(security, { planned });
    const rehearsed = await askWorker("rehearse", { ...job, security, probe: "jlink-hs", faults: "", runMs: RUN_MS });
    note(security, { rehearsed });
  }
}

function note(policy: SecurityPolicy, found: Partial<Way>): void {
  ways.value = ways.value.map((way) => (way.policy === policy ? { ...way, ...found } : way));
}

/** From the log to the image behind it: why it is refused, both ways out, and a rehearsal of each. */
export function Walkthrough(props: WalkthroughProps): JSX.Element {
  useEffect(() => {
    let isOver = false;
    play(props, () => isOver).catch((error: unknown) => {
      // A file that is chosen while it plays ends the worker's requests, and this is not shown any more then.
      const next = ways.value.find(({ rehearsed, error: before }) => !rehearsed && !before);
      if (next && error instanceof FailedRequest) note(next.policy, { error: error.error });
    });
    return () => {
      isOver = true;
    };
  }, [props.image]);
  return (
    <section aria-labelledby="walkthrough-title">
      <h3 id="walkthrough-title">The image behind this log, and both ways out</h3>
      <div aria-live="polite">
        {refused.value ? (
          refused.value.missing.map(({ why }) => (
            <p key={why}>
              <strong>{props.image.name} is refused as it is</strong>: {why}
            </p>
          ))
        ) : (
          <p>Planning {props.image.name}.</p>
        )}
        <ol class="ways">
          {ways.value.map((way) => (
            <WayOut key={way.policy} {...way} name={props.image.name} chip={props.chip} />
          ))}
        </ol>
      </div>
      <p>
        <a href="#rehearse&example=bootloader">Rehearse it yourself</a>, or{" "}
        <a href="#plan&example=bootloader">look at its plan</a>.
      </p>
    </section>
  );
}

function WayOut({ policy, title, planned, rehearsed, error, name, chip }: Way & { readonly name: string; readonly chip: string }): JSX.Element {
  return (
    <li>
      <strong>{title}</strong>
      <br />
      <code>
        flashproof flash {name} --chip {chip} --security {policy}
      </code>
      {planned && <p>{sectorsText(planned)}</p>}
      {rehearsed ? (
        <>
          <p>
            Rehearsed: <strong>{rehearsed.verdict}</strong> after {Math.round(rehearsed.totalMs)} ms of the board's time. {rehearsed.lines[0]}
          </p>
          <p>{rehearsed.uart === "" ? "Its firmware sends nothing." : "Its firmware sends:"}</p>
          {rehearsed.uart !== "" && <pre tabIndex={0}>{rehearsed.uart}</pre>}
        </>
      ) : error ? (
        <p class="failure">
          {error.message} [{error.code}]
        </p>
      ) : (
        <p>Being rehearsed.</p>
      )}
    </li>
  );
}

function sectorsText({ sectors, digest }: Planned): string {
  const changed = sectors.filter(({ action }) => action !== "unchanged").length;
  return `${changed} sectors are erased and programmed, plan ${digest}.`;
}
