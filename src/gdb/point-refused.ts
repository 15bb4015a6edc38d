/** A breakpoint or watchpoint that was not set, and why; the text is for the user. */
export class PointRefused extends Error {}
