import type { JSX } from "preact";
import { DifferenceTable } from "../board/difference-table.tsx";
import type { FieldValue } from "../field-value.ts";
import { TimeChart } from "../lazy-parts.tsx";
import { SectorMap } from "../sector-map.tsx";
import { isThing, textOf, Things } from "./things.tsx";
import { Flame } from "./flame.tsx";
import { differencesIn, phasesIn, profileIn, sectorsIn, withoutPictured } from "./parts.ts";

/** What the command line has printed by `--json`: head and error, what has a picture of its own, and the rest in tables. */
export function DocumentView({ json }: { readonly json: FieldValue }): JSX.Element {
  if (!isThing(json)) return <p>{textOf(json)}</p>;
  if (json.schema === undefined) return <Things of={json} />;
  const { command, version, ok, clock, error, result } = json;
  return (
    <>
      <p>
        <code>flashproof {textOf(command)}</code> {textOf(version)}: <strong>{ok === true ? "done" : "not done, or the answer is no"}</strong>
        {clock !== undefined && `, times ${clock === "virtual" ? "of a simulated board" : "of the wall clock"}`}.
      </p>
      {isThing(error) && <Refusal {...error} />}
      {isThing(result) && <Result of={result} isVirtual={clock === "virtual"} />}
    </>
  );
}

function Refusal({ code, message, hints }: { readonly [key: string]: FieldValue }): JSX.Element {
  return (
    <div class="failure">
      <p>
        <strong>{textOf(message)}</strong> [{textOf(code)}]
      </p>
      <ul>
        {(Array.isArray(hints) ? hints : []).map((hint) => (
          <li key={textOf(hint)}>{textOf(hint)}</li>
        ))}
      </ul>
    </div>
  );
}

interface ResultProps {
  readonly of: { readonly [key: string]: FieldValue };
  readonly isVirtual: boolean;
}

function Result({ of, isVirtual }: ResultProps): JSX.Element {
  const [phases, profile, sectors, differences] = [phasesIn(of), profileIn(of), sectorsIn(of), differencesIn(of)];
  return (
    <>
      {phases && <TimeChart {...phases} timeline={[]} unit={isVirtual ? "virtual" : "wall clock"} />}
      {profile && <Flame {...profile} />}
      {sectors && <SectorMap sectors={sectors} />}
      {differences && <DifferenceTable differences={differences} />}
      <Things of={withoutPictured(of)} />
    </>
  );
}
