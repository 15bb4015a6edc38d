export { type ConnectOptions, connect } from "./connect.ts";
export type { ConnectEvent, OnConnectEvent } from "./connect-events.ts";
export { type EraseOptions, type EraseReport, type EraseTarget, eraseFlash } from "./erase-job.ts";
export { type FlashJob, type FlashReport, flashImage, type PlannedJob, planOnChip } from "./flash-job.ts";
export { type Health, healthOf } from "./health.ts";
export { type Reading, readMemory } from "./read-memory.ts";
export { type Connected, type OnMassErase, Session } from "./session.ts";
export { SessionError, type SessionErrorCode } from "./session-error.ts";
