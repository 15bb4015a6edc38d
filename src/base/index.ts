export * from "./bytes.ts";
export * from "./clock.ts";
export * from "./deadlines.ts";
export * from "./errors.ts";
export * from "./log.ts";
export * from "./printable.ts";
export * from "./u32.ts";
export * from "./trace.ts";
