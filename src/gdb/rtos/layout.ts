/**
 * One of a kernel's structures. The offsets are those of a build for 32-bit Cortex-M with the kernel's usual options; others
 * move them.
 */
export interface Structure<Member extends string> {
  /** Names of the type in the kernel's source: tags or typedefs, whichever a version has. */
  readonly types: readonly string[];
  readonly size: number;
  /** By our name: the member's path in the source, and its offset. */
  readonly members: { readonly [name in Member]: readonly [path: string, offset: number] };
}

/** Where a structure's members lie in one firmware, in bytes. */
export interface StructureOffsets<Member extends string> {
  readonly at: { readonly [name in Member]: number };
  /** Undefined where only the kernel's usual build is known. */
  readonly size: number | undefined;
}

/** The offsets of a usual build. */
export function usualOffsets<Member extends string>({ members }: Structure<Member>): StructureOffsets<Member> {
  const names = Object.keys(members) as Member[];
  const at = Object.fromEntries(names.map((name) => [name, members[name][1]]));
  return { at: at as { [name in Member]: number }, size: undefined };
}
