import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { chip, chips, chooseChip, file, isBoardAtWork, refusedFile, takeFile } from "./state.ts";

/** Where a file is dropped or chosen, and its chip. */
export function FileInput(): JSX.Element {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer?.files[0];
    if (dropped) void takeFile(dropped.name, () => dropped.arrayBuffer());
  };
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const chosen = currentTarget.files?.[0];
    if (chosen) void takeFile(chosen.name, () => chosen.arrayBuffer());
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div class={isOver ? "input over" : "input"} onDragOver={over} onDragLeave={() => setOver(false)} onDrop={drop}>
      <label>
        Image or log <input type="file" disabled={isBoardAtWork.value} onChange={choose} />
      </label>
      <label>
        Chip{" "}
        <select value={chip.value} disabled={isBoardAtWork.value} onChange={({ currentTarget }) => void chooseChip(currentTarget.value)}>
          <option value="">not named</option>
          {chips.value.map(({ name, vendor }) => (
            <option key={name} value={name}>
              {name} ({vendor})
            </option>
          ))}
        </select>
      </label>
      <p>{file.value ? `${file.value.name}, ${file.value.bytes.length} bytes` : "Drop a file here, or choose one."}</p>
      <div role="status">
        {refusedFile.value !== undefined && (
          <p>{refusedFile.value} was not taken: the board was at work. Its job goes on with the file that it began with.</p>
        )}
      </div>
    </div>
  );
}
