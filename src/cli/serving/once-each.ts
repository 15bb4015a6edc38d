/**
 * A printer that prints each line once, and no more than `most` of them, so that what comes again and again floods nothing.
 */
export function onceEach(print: (line: string) => void, most = 1000): (line: string) => void {
  const printed = new Set<string>();
  return (line) => {
    if (printed.has(line) || printed.size >= most) return;
    printed.add(line);
    print(line);
  };
}
