/** One parameter of the commands that carry a list of them: length, id, value, ..., 0. */
export interface JlinkParameter {
  readonly id: number;
  readonly value: Uint8Array;
}

/** How many bytes a parameter list takes that starts at `at`, its closing 0 included, as far as it is there. */
export function parametersEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end] !== 0) end += 2 + bytes[end];
  return end + 1;
}

/** The parameters of a complete list. */
export function readParameters(bytes: Uint8Array, at: number): readonly JlinkParameter[] {
  const parameters: JlinkParameter[] = [];
  for (let next = at; bytes[next] !== 0; next += 2 + bytes[next]) {
    parameters.push({ id: bytes[next + 1], value: bytes.subarray(next + 2, next + 2 + bytes[next]) });
  }
  return parameters;
}

/** The little-endian number that a parameter holds, or 0 where the list lacks it. */
export function parameterNumber(parameters: readonly JlinkParameter[], id: number): number {
  const value = parameters.find((one) => one.id === id)?.value ?? new Uint8Array(0);
  return value.reduceRight((number, byte) => ((number << 8) | byte) >>> 0, 0);
}
