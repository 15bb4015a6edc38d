// The content security policies, in headers: `index.html` has the page's own as far as `<meta>` can.

/** Of every answer: the page's own files, and nothing else. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of the disassembler's worker alone: it fetches its WebAssembly, and compiles it. */
export const DISASSEMBLER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** Whether a file of the page as built, by its path, is the disassembler's worker. */
export const isDisassembler = (path: string): boolean => /(^|\/)assets\/disassembler-[\w-]{8}\.js$/.test(path);

/** The policy of a file of the page as built, by its path. */
export const policyOf = (path: string): string => (isDisassembler(path) ? DISASSEMBLER_POLICY : PAGE_POLICY);
