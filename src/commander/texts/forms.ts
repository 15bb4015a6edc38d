import { HostError } from "../../base/errors.ts";
import { hex32 } from "../../base/u32.ts";
import * as bannerTexts from "./v7-86e/banner.ts";
import * as flashTexts from "./v7-86e/flash.ts";
import * as probeTexts from "./v7-86e/probe.ts";
import * as resetTexts from "./v7-86e/reset.ts";
import * as targetTexts from "./v7-86e/target.ts";

/**
 * V7.86e's texts that another version has otherwise. They are printed through the form that was chosen
 * (`Context.texts`), and only so; all other texts are V7.86e's in every form.
 */
const V7_86E_TEXTS = {
  banner: () => bannerTexts.banner(bannerTexts.V7_86E),
  uptimeLine: probeTexts.uptimeLine,
  vtref: probeTexts.vtref,
  debugPortFound: targetTexts.debugPortFound,
  apFound: targetTexts.apFound,
  componentFound: targetTexts.componentFound,
  targetNotConnected: targetTexts.targetNotConnected,
  eraseChipChosen: flashTexts.eraseChipChosen,
  implicitReset: resetTexts.implicitReset,
} as const;

/** The texts that differ between versions, as one version has them. */
export type FormTexts = { readonly [Name in keyof typeof V7_86E_TEXTS]: (typeof V7_86E_TEXTS)[Name] };

/** The names of those texts. */
export const FORM_TEXT_NAMES = Object.keys(V7_86E_TEXTS) as readonly (keyof FormTexts)[];

/** The console of one version of J-Link Commander. */
export interface ConsoleForm {
  readonly version: string;
  /** Whether a script's lines are echoed; a version without echo prints an empty line behind each command instead. */
  readonly echo: boolean;
  readonly texts: FormTexts;
}

/** Both banner lines; when a build was compiled is (unsure) but for V7.86e [L V5 on]. */
const banner = (version: string, compiled: string) => () =>
  bannerTexts.banner({ version, compiled, dllCompiled: compiled });

/** A connection before V7.6 to V7.9, which added lines to it. */
const BEFORE_V7_6 = {
  // L V7.6x on
  uptimeLine: () => [],
  // Without the line that tells an ADIv5 debug port, L V7.6x on
  debugPortFound: (dpidr) => [...targetTexts.swdFound(dpidr), `DPIDR: 0x${hex32(dpidr)}`],
  // L V6, V7; the line about troubleshooting: L V7.9 on
  targetNotConnected: () => ["Cannot connect to target."],
} satisfies Partial<FormTexts>;

/** The versions whose consoles public logs show; V7.86e is what all texts are written as. */
export const FORMS: readonly ConsoleForm[] = [
  { version: "V7.86e", echo: true, texts: V7_86E_TEXTS },
  {
    version: "V8.10",
    echo: true,
    texts: {
      ...V7_86E_TEXTS,
      banner: banner("V8.10", "Oct  2 2024 00:00:00"),
      // L V8 on
      apFound: (index, idr) => [
        `AP[${index}]: ${targetTexts.apName(idr)} (IDR: 0x${hex32(idr)}, ADDR: 0x${hex32(index * 0x0100_0000)})`,
      ],
    },
  },
  {
    version: "V7.58",
    echo: false,
    texts: { ...V7_86E_TEXTS, ...BEFORE_V7_6, banner: banner("V7.58", "Nov  4 2021 00:00:00") },
  },
  {
    version: "V6.44",
    echo: false,
    texts: {
      ...V7_86E_TEXTS,
      ...BEFORE_V7_6,
      banner: banner("V6.44", "Mar  1 2019 00:00:00"),
      // L V5 to V6.20f
      vtref: (millivolts) => `VTref = ${(millivolts / 1000).toFixed(3)}V`,
      // L V7 on
      eraseChipChosen: () => [],
      // L V6.8 on
      implicitReset: () => [],
      // L V6.20f and later V6
      componentFound: ({ table, entry, address, cid, pid }) => [
        `ROMTbl[${table}][${entry}]: ${hex32(address)}, CID: ${hex32(cid)}, PID: ${hex32(pid)} ${targetTexts.componentName(cid, pid)}`,
      ],
    },
  },
];

/** The form of a version, whatever its case, V7.86e's without one; throws `usage` for one that no log shows. */
export function formOf(version = "V7.86e"): ConsoleForm {
  const form = FORMS.find((each) => each.version.toLowerCase() === version.toLowerCase());
  if (!form) throw new HostError("usage", `--compat takes ${FORMS.map((each) => each.version).join(", ")}`);
  return form;
}
