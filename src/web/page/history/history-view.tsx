import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { later, localTime } from "../clock.ts";
import { Fields } from "../fields.tsx";
import type { FieldValue } from "../field-value.ts";
import { hexBytes } from "../hex.ts";
import { allowed, type AllowedDevice, forgetDevice, lookForAllowed } from "./devices.ts";
import { forgetJob, forgetJobs, keptJobs, type KeptJob } from "./store.ts";

const jobs = signal<readonly KeptJob[] | undefined>(undefined);
const isUnusable = signal(false);

/** How long a report that is saved can be fetched, in milliseconds. */
const SAVE_MS = 60_000;

async function look(): Promise<void> {
  try {
    jobs.value = await keptJobs();
  } catch {
    isUnusable.value = true;
  }
}

/** Jobs of before with their reports, and the devices that the page may use. */
export function HistoryView(): JSX.Element {
  useEffect(() => {
    void look();
    void lookForAllowed();
  }, []);
  return (
    <>
      {isUnusable.value && <p>This browser keeps no history here: a private window, or no room.</p>}
      {jobs.value && <Jobs all={jobs.value} />}
      <Devices />
    </>
  );
}

function Jobs({ all }: { readonly all: readonly KeptJob[] }): JSX.Element {
  if (all.length === 0) return <p>No job was done on this page yet. Reports stay in this browser; images are not kept.</p>;
  return (
    <>
      <p class="input">
        <Save label="Save all reports" name="flashproof-history.json" data={all} />
        <button type="button" onClick={() => void forgetJobs().then(look)}>
          Forget all jobs
        </button>
      </p>
      <ul class="jobs">
        {all.map((job) => (
          <Job key={job.id} {...job} />
        ))}
      </ul>
    </>
  );
}

function Job(job: KeptJob): JSX.Element {
  const { id, at, kind, file, chip, probe, outcome } = job;
  const when = localTime(at);
  return (
    <li>
      <strong>
        {kind}: {outcome}
      </strong>
      {evidenceOf(job)}, {[file, chip, probe, when].filter((word) => word !== "").join(", ")}
      <br />
      <Save label={`Save report ${id}`} name={`flashproof-${kind}-${id}.json`} data={job} />{" "}
      <button type="button" onClick={() => void forgetJob(id).then(look)}>
        Forget job {id}
      </button>
      <Fields title={`Report ${id}`} json={plain(job) as FieldValue} />
    </li>
  );
}

/** The line that an outcome rests on: what was compared, and how much of it. */
function evidenceOf({ report }: KeptJob): string {
  const { verdict, lines = [] } = (report ?? {}) as { readonly verdict?: string; readonly lines?: readonly string[] };
  return verdict === undefined || lines.length === 0 ? "" : ` (${lines[0]})`;
}

function Save({ label, name, data }: { readonly label: string; readonly name: string; readonly data: object }): JSX.Element {
  const save = ({ currentTarget }: { readonly currentTarget: HTMLAnchorElement }) => {
    const text = `${JSON.stringify(plain(data), null, 2)}\n`;
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    currentTarget.href = url;
    later(SAVE_MS, () => URL.revokeObjectURL(url));
  };
  return (
    <a href="#history" download={name} onClick={save}>
      {label}
    </a>
  );
}

/** The same with bytes as hex. */
const plain = (data: object): unknown =>
  JSON.parse(JSON.stringify(data, (_key, value: unknown) => (value instanceof Uint8Array ? hexBytes(value) : value)));

const Devices = (): JSX.Element => (
  <>
    <h3>Devices that this page may use</h3>
    {allowed.value.length === 0 ? (
      <p>None at this browser.</p>
    ) : (
      <ul class="jobs">
        {allowed.value.map((device: AllowedDevice, i) => (
          <li key={`${device.name} ${i}`}>
            {device.name}{" "}
            <button type="button" onClick={() => void forgetDevice(device)}>
              Forget {device.name}
            </button>
          </li>
        ))}
      </ul>
    )}
  </>
);
