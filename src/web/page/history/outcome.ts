/** What of an answer is known: the verdict of a comparison, or the lock as it was seen after a job; no more than that. */
interface Evidence {
  readonly verdict?: string;
  readonly isLocked?: boolean;
  readonly massErased?: boolean;
}

/** What a job came to, in the words of its own evidence. */
export function outcomeOf({ verdict, isLocked, massErased }: Evidence): string {
  if (verdict !== undefined) return verdict;
  if (isLocked) return "the chip is locked still";
  if (massErased === undefined) return "ended";
  return massErased ? "mass-erased, the chip is open" : "nothing erased, the chip was open";
}
