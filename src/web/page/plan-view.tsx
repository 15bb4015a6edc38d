import type { JSX } from "preact";
import type { Planned, SecurityPolicy } from "../protocol.ts";
import { Fields } from "./fields.tsx";
import { Guesses, Lines } from "./lines.tsx";
import { SectorMap } from "./sector-map.tsx";
import { canPlan, choose, isBoardAtWork, plan, planned, security } from "./state.ts";

const POLICIES: readonly (readonly [policy: SecurityPolicy, label: string])[] = [
  ["refuse", "Refuse an image that would lock the chip"],
  ["keep-open", "Keep the chip open: change the locking value, and declare it"],
  ["as-image", "As the image has it: the chip may be locked, a mass erase opens it"],
];

/** What is done with an image that would lock the chip, in the command line's words (`--security`). */
export function SecurityChoice(): JSX.Element {
  return (
    <fieldset>
      <legend>Security</legend>
      {POLICIES.map(([policy, label]) => (
        <label key={policy}>
          <input
            type="radio"
            name="security"
            checked={security.value === policy}
            disabled={isBoardAtWork.value}
            onChange={() => choose(security, policy)}
          />{" "}
          {label} <code>--security {policy}</code>
        </label>
      ))}
    </fieldset>
  );
}

/** What a flash of the file would do to a chip of unknown content. */
export function PlanView(): JSX.Element {
  return (
    <>
      <SecurityChoice />
      <button type="button" disabled={!canPlan.value} onClick={() => void plan()}>
        Make the plan
      </button>
      {!canPlan.value && <p>A plan needs an image and its chip.</p>}
      <div aria-live="polite">{planned.value && <Plan {...planned.value} />}</div>
    </>
  );
}

/** A plan: digest, missing consents, the sectors as a picture and a table. */
export function Plan({ digest, sectors, guesses, missing, lines, json }: Planned): JSX.Element {
  return (
    <>
      <p>
        Digest <code>{digest}</code>: the same as <code>flashproof plan</code> prints.
      </p>
      <Guesses guesses={guesses} />
      {missing.map(({ why }) => (
        <p key={why} class="failure">
          Needs a consent: {why}
        </p>
      ))}
      <SectorMap sectors={sectors} />
      <Lines title="The plan, as text" lines={lines} />
      <Fields title="Every field of the plan" json={json} />
    </>
  );
}
