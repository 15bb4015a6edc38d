import type { JSX } from "preact";

/** Text as the command line prints it, with a button that copies it. */
export function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): JSX.Element {
  const text = lines.join("\n");
  return (
    <details>
      <summary>{title}</summary>
      <button type="button" onClick={() => void navigator.clipboard.writeText(text)}>
        Copy as text
      </button>
      {/* A region that scrolls has to be reached by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}
