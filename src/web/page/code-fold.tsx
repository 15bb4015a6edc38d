import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CodeBytes } from "../code-protocol.ts";
import { lazily } from "./lazily.tsx";

const Instructions = lazily(async () => (await import("./disassembly/instructions.tsx")).Instructions);

interface CodeFoldProps {
  readonly title: string;
  /** What is shown; undefined where there is nothing to show, and `absent` stands in place of it. */
  readonly code: CodeBytes | undefined;
  readonly absent?: string;
  /** The address of the instruction that comes next. */
  readonly mark?: number;
  readonly onToggle?: (isOpen: boolean) => void;
}

/** Code as instructions: folded, since the disassembler is a megabyte that is loaded when it is opened first. */
export function CodeFold({ title, code, absent = "", mark, onToggle = () => {} }: CodeFoldProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const toggle = (open: boolean) => {
    setOpen(open);
    onToggle(open);
  };
  return (
    <details onToggle={({ currentTarget }) => toggle(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && (code ? <Instructions code={code} mark={mark} /> : <p>{absent}</p>)}
    </details>
  );
}
