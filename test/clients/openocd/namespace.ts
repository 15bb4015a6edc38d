import { execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** `unshare` with the privileges that this user has; a user other than root needs a user namespace first. */
const UNSHARE = process.getuid?.() === 0 ? ["-n"] : ["-r", "-n"];

/** Whether this machine allows a network namespace of our own. */
export const canUnshare = (): boolean => spawnSync("unshare", [...UNSHARE, "true"]).status === 0;

/** Starts a node program in a network namespace that has nothing but a loopback interface, not even up yet. */
export function spawnApart(args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  return spawn("unshare", [...UNSHARE, process.execPath, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/**
 * Throws unless the only interface around is the loopback one. OpenOCD's J-Link driver looks for probes by a broadcast,
 * which must not leave it.
 */
export function assertApart(): void {
  const names = execFileSync("ip", ["-o", "link", "show"], { encoding: "utf8" }).match(/^\d+: [^:@]+/gm) ?? [];
  if (names.length === 1 && names[0].endsWith(": lo")) return;
  throw new Error(`OpenOCD is only started where lo is the only interface, not beside ${names.join(", ")}`);
}

/** Brings the loopback interface up, with a route for the broadcast, so that it goes nowhere else. */
export function bringLoopbackUp(): void {
  assertApart();
  execFileSync("ip", ["link", "set", "lo", "up"]);
  execFileSync("ip", ["route", "add", "255.255.255.255/32", "dev", "lo"]);
}
