import type { Json } from "../base/errors.ts";
import { address32, byte8 } from "../base/u32.ts";
import type { FlashPlan } from "../flash/plan.ts";
import type { SectorPlan } from "../flash/sector-plan.ts";
import { readAt } from "../image/image-bytes.ts";
import { fsecAddress } from "../protection/field.ts";
import { fsecText } from "../protection/fsec.ts";

/** A plan as `--json` prints it. */
export function planResult(plan: FlashPlan): { readonly [key: string]: Json } {
  return {
    chip: plan.chip.name,
    security: plan.policy,
    digest: plan.digest,
    sectors: plan.sectors.map((s) => ({ address: address32(s.address), action: s.action, kept: s.kept, lost: s.lost })),
    steps: plan.steps.length,
    changes: plan.changes.map((c) => ({
      address: address32(c.address),
      field: c.field,
      from: byte8(c.from),
      to: byte8(c.to),
      why: c.why,
    })),
    needs: plan.needs.map((n) => ({
      act: n.act,
      address: address32(n.address),
      value: byte8(n.value),
      why: n.why,
      ...(n.token ? { token: n.token } : {}),
    })),
  };
}

/** A plan in a few lines: what happens to the sectors, the security byte, what was changed, what has to be allowed. */
export function planLines(plan: FlashPlan): readonly string[] {
  const fsec = readAt(plan.image, fsecAddress(plan.chip));
  return [
    `${plan.chip.name}: ${plan.sectors.length} sectors touched: ${countsOf(plan.sectors)}`,
    ...mapOf(plan.sectors),
    ...(fsec === undefined ? [] : [`security byte after: FSEC ${fsecText(fsec)}`]),
    ...plan.changes.map((c) => `changed: ${c.why}`),
    ...plan.needs.map((n) => `needs consent (${n.act}): ${n.why}${n.token ? `; token ${n.token}` : ""}`),
  ];
}

const countsOf = (sectors: readonly SectorPlan[]): string => {
  const actions = ["unchanged", "program", "erase", "erase-program"] as const;
  const words = actions.map((a) => [a, sectors.filter((s) => s.action === a).length] as const).filter(([, n]) => n > 0);
  const bytes = (key: "kept" | "lost") => sectors.reduce((sum, s) => sum + s[key], 0);
  return [...words.map(([a, n]) => `${n} ${a}`), `${bytes("kept")} bytes kept`, `${bytes("lost")} bytes lost`].join(
    ", ",
  );
};

/** One letter a sector, 64 a line: `=` unchanged, `p` program, `e` erase, `P` erase and program. */
function mapOf(sectors: readonly SectorPlan[]): readonly string[] {
  const letter = { unchanged: "=", program: "p", erase: "e", "erase-program": "P" } as const;
  const lines: string[] = [];
  for (let i = 0; i < sectors.length; i += 64) {
    const row = sectors.slice(i, i + 64);
    lines.push(`  ${address32(row[0].address)} ${row.map((s) => letter[s.action]).join("")}`);
  }
  return lines;
}
