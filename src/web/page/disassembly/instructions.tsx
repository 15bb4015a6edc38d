import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CodeBytes, ShownInstruction } from "../../code-protocol.ts";
import type { WorkError } from "../../protocol.ts";
import { FailedRequest } from "../client.ts";
import { address32, hexBytes } from "../hex.ts";
import { decode } from "./decode.ts";

/** Code as instructions, in a table; the row of `mark` is the current one. */
export function Instructions({ code, mark }: { readonly code: CodeBytes; readonly mark?: number }): JSX.Element {
  const [found, setFound] = useState<readonly ShownInstruction[] | undefined>();
  const [error, setError] = useState<WorkError | undefined>();
  useEffect(() => {
    let isCurrent = true;
    const show = (instructions: readonly ShownInstruction[] | undefined, why: WorkError | undefined) => {
      if (!isCurrent) return;
      setFound(instructions);
      setError(why);
    };
    decode(code).then(
      (instructions) => show(instructions, undefined),
      (why: unknown) => show(undefined, why instanceof FailedRequest ? why.error : undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [code.start, code.at, hexBytes(code.bytes)]);
  if (error) return <Unavailable {...error} />;
  return found ? <Table found={found} code={code} mark={mark} /> : <p>Loading the disassembler.</p>;
}

const Unavailable = ({ message, code, hints }: WorkError): JSX.Element => (
  <div role="alert" class="failure">
    <p>
      <strong>{message}</strong> [{code}]
    </p>
    <ul>
      {hints.map((hint) => (
        <li key={hint}>{hint}</li>
      ))}
    </ul>
  </div>
);

interface TableProps {
  readonly found: readonly ShownInstruction[];
  readonly code: CodeBytes;
  readonly mark: number | undefined;
}

const Table = ({ found, code, mark }: TableProps): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Instructions">
    <table class="instructions">
      <thead>
        <tr>
          <th scope="col">Address</th>
          <th scope="col">Bytes</th>
          <th scope="col">Instruction</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ address, length, text }) => (
          <tr key={address} aria-current={address === mark ? "true" : undefined}>
            <th scope="row">
              <code>{address32(address)}</code>
            </th>
            <td>
              <code>{hexBytes(code.bytes.subarray(address - code.start, address - code.start + length))}</code>
            </td>
            <td>
              <code>{text}</code> {address === mark && <strong>PC</strong>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {found.length === 0 && <p>No whole instruction is there.</p>}
  </div>
);
