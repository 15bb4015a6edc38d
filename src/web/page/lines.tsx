import type { JSX } from "preact";

/** Text as the command line prints it, with a button that copies it. */
export function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): JSX.Element {
  const text = lines.join("\n");
  return (
    <details>
      <summary>{title}</summary>
      {/* Only pages that came by https or from this machine may use it. */}
      {"clipboard" in navigator && (
        <button type="button" onClick={() => void navigator.clipboard.writeText(text).catch(() => {})}>
          Copy as text
        </button>
      )}
      {/* A region that scrolls has to be reached by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}

/** What of a file was guessed. */
export const Guesses = ({ guesses }: { readonly guesses: readonly string[] }): JSX.Element => (
  <>
    {guesses.map((guess) => (
      <p key={guess}>{guess}</p>
    ))}
  </>
);
