import { HostError } from "../base/errors.ts";

/**
 * What `plan --out` writes: enough to make the same plan again and to see that it is the same. It carries no consent, and
 * `base` and `keep` stand in it only to be compared with those of the command that runs it.
 */
export interface PlanFile {
  readonly schema: typeof PLAN_SCHEMA;
  readonly chip: string;
  /** `0x00005000`. */
  readonly base?: string;
  /** `0x00005400:+32`, ascending and apart. */
  readonly keep: readonly string[];
  /** As the command line named them, `FILE[@ADDR]`. */
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
  /** Two plans with one digest do the same. */
  readonly digest: string;
}

/** Name and version of the form. */
export const PLAN_SCHEMA = "flashproof-plan/2";

/**
 * A plan file's bytes as a plan. Throws `plan-file-version` for one of another version, `plan-file-invalid` for anything
 * else that is no plan, with the first thing that is wrong.
 */
export function parsePlanFile(bytes: Uint8Array, path: string): PlanFile {
  const invalid = (why: string, cause?: unknown) =>
    new HostError("plan-file-invalid", `${path} is not a plan that flashproof plan --out made: ${why}`, {
      details: { path },
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid("it is no JSON", cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid("it is no JSON object");
  const plan = json as { readonly [key: string]: unknown };
  checkVersion(plan["schema"], path);
  const wrong =
    Object.keys(plan).find((key) => !Object.hasOwn(FORM, key)) === undefined
      ? wrongKey(plan)
      : "a key that plans don't have";
  if (wrong !== undefined) throw invalid(wrong);
  return plan as unknown as PlanFile;
}

function checkVersion(schema: unknown, path: string): void {
  const version = typeof schema === "string" ? /^flashproof-plan\/\d{1,6}$/.exec(schema)?.[0] : undefined;
  if (version === undefined || version === PLAN_SCHEMA) return;
  throw new HostError(
    "plan-file-version",
    `${path} is a ${version} file; this version of Flashproof runs ${PLAN_SCHEMA}`,
    {
      details: { path, schema: version },
    },
  );
}

/** The first key whose value is not what it has to be. */
function wrongKey(plan: { readonly [key: string]: unknown }): string | undefined {
  const key = Object.keys(FORM).find((each) => !FORM[each as keyof PlanFile](plan[each]));
  return key === undefined ? undefined : `"${key}" is missing or wrong`;
}

const matches = (pattern: RegExp) => (value: unknown) => typeof value === "string" && pattern.test(value);

const isSha256 = matches(/^[0-9a-f]{64}$/);

const isListOf = (most: number, isOne: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length <= most && value.every(isOne);

const isFile = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false;
  const { file, sha256, ...others } = value as { readonly [key: string]: unknown };
  return matches(/^.{1,4096}$/s)(file) && isSha256(sha256) && Object.keys(others).length === 0;
};

/** Files and ranges that one plan names, at most. */
const MOST = 1_000;

/** What each key has to be; a key of `PlanFile` without an entry does not compile. */
const FORM: { readonly [Key in keyof PlanFile]-?: (value: unknown) => boolean } = {
  schema: (value) => value === PLAN_SCHEMA,
  chip: matches(/^.{1,100}$/),
  base: (value) => value === undefined || matches(/^0x[0-9A-F]{8}$/)(value),
  keep: isListOf(MOST, matches(/^0x[0-9A-F]{8}:\+\d{1,10}$/)),
  files: (value) => isListOf(MOST, isFile)(value) && (value as readonly unknown[]).length > 0,
  digest: isSha256,
};
