import type { JSX } from "preact";
import type { FieldValue } from "../field-value.ts";
import { busy, choosePackDevice, packDevice } from "../state.ts";
import { isThing, Things } from "./things.tsx";

interface PackViewProps {
  readonly devices: readonly string[] | undefined;
  readonly json: FieldValue;
}

/** A pack and its devices, of which one is shown as a whole: cores, memories, algorithms, sequences. */
export const PackView = ({ devices, json }: PackViewProps): JSX.Element => (
  <>
    {devices && devices.length > 1 && (
      <p class="input">
        <label>
          Device{" "}
          <select
            value={packDevice.value}
            disabled={busy.value !== undefined}
            onChange={({ currentTarget }) => void choosePackDevice(currentTarget.value)}
          >
            <option value="">all {devices.length}</option>
            {devices.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </p>
    )}
    {isThing(json) && <Things of={json} />}
  </>
);
