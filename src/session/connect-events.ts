import type { ApIdentity } from "../adi/ap-identity.ts";
import type { Component } from "../adi/rom-table.ts";
import type { LockState } from "../protection/lock-state.ts";
import type { CoreIdentity } from "../cortex/core.ts";
import type { u32 } from "../base/u32.ts";

/** What happened while connecting, in the order of the steps; the Commander prints its console from these. */
export type ConnectEvent =
  | { readonly event: "connecting"; readonly wire: "swd" }
  | { readonly event: "init-target-start" }
  | { readonly event: "locked"; readonly lock: LockState }
  | { readonly event: "unlock-decided"; readonly unlock: boolean }
  | { readonly event: "unlocked" }
  | { readonly event: "init-target-end"; readonly tookMs: number }
  | { readonly event: "dpidr"; readonly value: u32 }
  | { readonly event: "aps"; readonly aps: readonly ApIdentity[] }
  | { readonly event: "core-found"; readonly ap: number; readonly romBase: u32 }
  | { readonly event: "core"; readonly identity: CoreIdentity }
  | { readonly event: "components"; readonly base: u32; readonly components: readonly Component[] };

/** Receives the events of one connection as they happen. */
export type OnConnectEvent = (event: ConnectEvent) => void;
