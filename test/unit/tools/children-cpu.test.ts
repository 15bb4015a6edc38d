import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { childrenCpuSeconds, secondsIn } from "../../../tools/lib/children-cpu.mjs";

describe("the CPU time of children", () => {
  it("is cutime and cstime of /proc's stat, in seconds, behind a name that may hold spaces", () => {
    expect(secondsIn("7 (a) b c) S 1 7 7 0 -1 4194560 100 200 0 0 11 12 1300 450 20 0 1 0 9")).toBe(17.5);
  });

  it.runIf(process.platform === "linux")("counts a child that has ended", () => {
    const before = childrenCpuSeconds() ?? 0;
    spawnSync(process.execPath, ["-e", "while (process.cpuUsage().user < 200000);"]);
    expect((childrenCpuSeconds() ?? 0) - before).toBeGreaterThanOrEqual(0.15);
  });
});
