import { z } from "zod";
import {
  advice,
  address,
  byte,
  bytes,
  count,
  fieldPart,
  finding,
  milliseconds,
  origin,
  onSilicon,
  planShape,
  probeShape,
  unknownLocks,
  verifyShape,
} from "./shapes.ts";
import { packShape, storedDevice } from "./packs.ts";

const info = z.strictObject({
  probe: z.strictObject(probeShape),
  millivolts: count.nullable().describe("null where the probe can't measure"),
  dpidr: address,
  aps: z.array(z.strictObject({ index: count, name: z.string(), idr: address })),
  chip: z.string().optional(),
  origin: origin.optional(),
  locks: unknownLocks,
  group: z
    .array(z.string())
    .optional()
    .describe("the chips that nothing on the wire tells apart, where none was named"),
  match: z.enum(["yes", "no", "unknown"]).optional().describe("whether the chip on the wire is the one that was named"),
  core: z
    .strictObject({
      name: z.string(),
      cpuid: address,
      state: z.enum(["halted", "running", "sleeping", "lockup", "in-reset"]).nullable(),
    })
    .optional(),
  health: z
    .strictObject({
      state: z.enum(["halted", "running", "sleeping", "lockup", "in-reset"]),
      exception: z.string().optional(),
      faults: z.array(z.string()),
      faultAddress: address.optional(),
      resetCauses: z.array(z.string()),
    })
    .optional()
    .describe("how the firmware fares, in words"),
  looping: z.boolean().optional().describe("it reset over and over until it was caught and halted"),
  components: z.array(z.strictObject({ base: address, cid: address, pid: address, part: z.string().nullable() })),
  locked: z.boolean().optional(),
  debug: z
    .enum(["open", "partial", "closed"])
    .optional()
    .describe("how far a debugger gets; partial: core and RAM are open, the flash is closed"),
  massErase: z.boolean().optional(),
  backdoor: z.boolean().optional(),
  lockStatus: address.optional(),
  field: z.array(fieldPart).optional(),
});

const line = z.int().min(1).describe("a line of the log");

const logEvidence = z.strictObject({ text: z.string(), line: line.optional(), quote: z.string().optional() });

const likelihood = z.enum(["certain", "likely", "possible", "unlikely"]);

const explainedLog = z.strictObject({
  kind: z.enum(["log", "unknown"]),
  verdict: z.enum(["failed", "fine", "unknown"]).describe("what the log says of its job"),
  answer: z
    .strictObject({ happened: z.string(), cause: z.string(), next: z.string() })
    .describe("what happened, the most likely cause and how sure it is, what to do next"),
  tools: z.array(z.string()).describe("every tool that the log has lines of"),
  tool: z.strictObject({ id: z.string(), name: z.string(), version: z.string().optional(), line }).optional(),
  device: z.string().optional(),
  summary: z.string(),
  steps: z.array(z.strictObject({ what: z.string(), ok: z.boolean(), line })),
  failures: z.array(z.strictObject({ address, expected: byte, read: byte, lines: z.array(line) })),
  history: z.strictObject({ massErase: z.array(logEvidence).optional(), toolVerified: z.boolean() }),
  causes: z.array(
    z.strictObject({
      id: z.string(),
      likelihood,
      what: z.string(),
      for: z.array(logEvidence),
      against: z.array(logEvidence),
      test: z.string(),
      remedy: z.array(z.string()),
    }),
  ),
  imageChecks: z.array(
    z.strictObject({ claim: z.string(), agrees: z.boolean(), found: z.string(), line: line.optional() }),
  ),
  support: z
    .string()
    .describe("one paragraph to send to the person who asked, without paths, names and serial numbers"),
  errors: z
    .strictObject({ count, lines: z.array(z.strictObject({ line, quote: z.string() })) })
    .describe("lines that look like an error and were not understood: how many, and the first of them"),
  unknownLines: count,
  cutLines: count.describe("lines that were too long and only read in part"),
});

const explainedImage = z.strictObject({
  kind: z.literal("image"),
  format: z.enum(["raw", "hex", "srec", "elf", "uf2"]),
  segments: z.array(z.strictObject({ name: z.string(), address, length: count })),
  entry: address.optional(),
  chip: z.string().optional(),
  family: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      likelihood: z.enum(["stated", "likely", "possible"]),
      for: z.array(z.string()),
    })
    .optional()
    .describe("the family of chips that the image is for, as far as its bytes tell; a guess unless it is stated"),
  otherFamily: z.boolean().optional().describe("whether the image is for another family than the chip's"),
  parts: z.array(
    z.strictObject({
      name: z.string(),
      address,
      length: count,
      text: z.array(z.string()),
      security: z.array(z.string()).describe("empty unless the image is known to be for that family"),
    }),
  ),
  tables: z.array(z.strictObject({ address, stack: address, reset: address })).describe("vector tables"),
  symbols: z.strictObject({ sections: count, functions: count, objects: count }).optional(),
  origin: origin.optional(),
  vectors: z.strictObject({ stack: address, reset: address }).optional(),
  field: z.array(fieldPart).optional(),
  findings: z.array(finding),
});

const causes = z.strictObject({
  summary: z.string(),
  places: z.array(
    z.strictObject({
      address,
      length: count,
      section: z.string().optional(),
      symbol: z.string().optional(),
      offset: count.optional(),
      text: z.string(),
    }),
  ),
  fields: z.array(
    z.strictObject({ name: z.string(), address, image: byte, chip: byte.nullable(), parts: z.array(z.string()) }),
  ),
  causes: z.array(
    z.strictObject({
      id: z.string(),
      likelihood,
      what: z.string(),
      for: z.array(z.string()),
      against: z.array(z.string()),
      test: z.string().describe("the experiment that tells this cause from the others"),
      remedy: z.array(z.string()),
      advice: advice.describe("the remedies as data"),
    }),
  ),
});

const busErrors = z
  .array(
    z.strictObject({
      address,
      place: z.string().describe("the peripheral or range"),
      access: z.enum(["read", "write"]),
      why: z.enum(["not modelled", "no such register", "clock off", "nothing there"]),
      count,
      pc: address.describe("the instruction that asked first"),
    }),
  )
  .describe("what the firmware of a simulated board asked of its bus in vain");
const uart = z.string().optional().describe("what a simulated board sent while it was watched");

const massErased = z
  .boolean()
  .describe("everything on the chip was erased on the way, because it was locked or protected");

const flash = z.strictObject({
  ...planShape,
  programmed: count.describe("bytes"),
  erased: count.describe("erase commands that were given"),
  verify: z.strictObject(verifyShape),
  phases: z.strictObject({
    setup: milliseconds,
    compare: milliseconds,
    erase: milliseconds,
    program: milliseconds,
    verify: milliseconds,
    restore: milliseconds,
  }),
  totalMs: milliseconds,
  massErased,
  locked: z.boolean(),
  dryRun: z.boolean().describe("true: it was done on a simulated chip, and nothing else was touched"),
  uart,
});

const seenProbe = z.union([
  z.strictObject({ selector: z.string(), ...probeShape, inaccessible: z.literal(false) }),
  z.strictObject({ selector: z.string(), inaccessible: z.literal(true) }),
  z.strictObject({
    name: z.string(),
    ...z.object(probeShape).partial().shape,
    inaccessible: z.boolean(),
    kind: z.enum(["ok", "inaccessible", "in-use", "wrong-driver", "old-firmware", "not-answering"]),
  }),
]);

const chip = z.strictObject({
  name: z.string(),
  vendor: z.string(),
  family: z.string(),
  origin,
  locks: z.enum(["known", "unknown"]).describe("whether the chip's locks are known to Flashproof"),
  onSilicon,
  variants: z.array(z.string()).describe("order codes and names of other tools, which --chip takes too"),
  core: z.string(),
  flash: z
    .strictObject({ start: address, length: count, sector: count })
    .describe("the bank that the core starts from"),
  banks: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.enum(["main", "external", "option", "otp", "user-row"]),
      start: address,
      length: count,
      sectors: z.array(z.strictObject({ size: count, count })).describe("none where nothing of it is erased alone"),
      erased: byte,
      unit: count.describe("the smallest write, in bytes"),
    }),
  ),
});

/** How often all of a range was read: twice, and the same both times, or once. */
const readings = z.union([z.literal(1), z.literal(2)]);
const provedBy = z.literal("hash").optional();

/** What stands under `result`, for every verb of the program; a verb without an entry fails the tests. */
const scriptFinding = z.strictObject({
  line: z.int().min(1).optional().describe("absent where it is about the whole script"),
  severity: z.enum(["brick", "lock", "warn"]),
  what: z.string(),
  remedy: z.string(),
  lacks: z.enum(["file", "device"]).optional().describe("what the script can't do without: exit 7 or 8"),
});

const commanderLint = z.strictObject({
  scripts: z.array(
    z.strictObject({
      path: z.string(),
      exit: z.union([z.literal(0), z.literal(1), z.literal(7), z.literal(8)]).describe("of this script alone"),
      findings: z.array(scriptFinding),
    }),
  ),
});

export const RESULTS: { readonly [verb: string]: z.ZodType } = {
  "commander-lint": commanderLint,
  list: z.strictObject({ probes: z.array(seenProbe) }),
  doctor: z.union([z.strictObject({ udev: z.string() }), z.strictObject({ probes: z.array(seenProbe) })]),
  chips: z.strictObject({
    chips: z.array(chip),
    packs: z
      .strictObject({ count, devices: z.array(storedDevice) })
      .optional()
      .describe("devices of packs that were added"),
  }),
  bench: z.strictObject({
    chip: z.string(),
    flash: z.enum(["typ", "max", "zero"]),
    hz: count,
    openocd: z.string().optional().describe("why it was not compared, with --openocd"),
    jobs: z.array(
      z.strictObject({
        job: z.string(),
        what: z.string(),
        probe: z.string(),
        phases: z
          .strictObject({ setup: milliseconds })
          .extend({ compare: milliseconds, erase: milliseconds, program: milliseconds, verify: milliseconds })
          .partial(),
        totalMs: milliseconds.describe("from the first packet of the probe to the end of the last"),
        boundMs: milliseconds.nullable().describe("flash commands or bytes on the wire, whichever takes longer"),
        ratio: z.number().nullable().describe("total over bound"),
        packets: count,
        roundTrips: count.describe("answers that were waited for with nothing else under way"),
        bytesOut: count,
        bytesIn: count,
        openocd: z
          .union([
            z.strictObject({
              command: z.string(),
              totalMs: milliseconds,
              times: z.number().describe("its total over ours"),
              packets: count,
              roundTrips: count,
              bytesOut: count,
              bytesIn: count,
            }),
            z.strictObject({ command: z.string(), failed: z.string().describe("the last that it printed") }),
            z.strictObject({ cannot: z.string().describe("why it was not run") }),
          ])
          .optional()
          .describe("the same job by OpenOCD, with --openocd"),
      }),
    ),
  }),
  vscode: z.strictObject({ folder: z.string(), files: z.array(z.string()) }),
  pack: packShape,
  "jlink-shims": z.strictObject({ folder: z.string(), files: z.array(z.string()) }),
  info,
  explain: z.union([explainedImage, explainedLog]),
  plan: z.strictObject({ ...planShape, refused: z.boolean() }),
  flash,
  verify: z.strictObject({ ...verifyShape, origin, locks: unknownLocks, provedBy, causes: causes.optional() }),
  erase: z.strictObject({ ...planShape, erased: count, massErased, totalMs: milliseconds }),
  read: z.union([
    z.strictObject({ start: address, length: count, readings, provedBy, bytes }),
    z.strictObject({ start: address, length: count, readings, provedBy, file: z.string() }),
  ]),
  write: z.strictObject({ address, width: z.union([z.literal(8), z.literal(16), z.literal(32)]), count }),
  reset: z.strictObject({ after: z.enum(["run", "halt"]), locked: z.boolean() }),
  twin: z.strictObject({
    boards: count,
    faultsFired: z.array(z.strictObject({ fault: z.string(), count })),
    busErrors,
  }),
  run: z.union([
    z.strictObject({ running: z.literal(true), uart, busErrors }),
    z.strictObject({ running: z.literal(true), pc: address, stack: address, bytes: count, uart, busErrors }),
    z.strictObject({
      exit: z.number().int().describe("the firmware's own code, by semihosting"),
      words: z.string().describe("how it has ended"),
      output: z.string().describe("what it printed on its standard output, as UTF-8"),
    }),
  ]),
  rtt: z.strictObject({
    address: address.describe("where the control block was found"),
    channel: count,
    bytes: count.describe("how many the firmware said"),
    text: z.string().describe("what it said, as UTF-8"),
  }),
  swo: z.strictObject({
    baud: count.describe("the speed of the pin, in hertz"),
    traceHz: count.describe("the trace clock, in hertz"),
    bytes: count.describe("how many came"),
    ports: z.array(z.strictObject({ port: count, bytes: count, text: z.string().describe("as UTF-8") })),
    packets: z.record(z.string(), count).describe("how many of each kind"),
    exceptions: z.array(z.strictObject({ name: z.string(), entered: count })),
  }),
  profile: z.strictObject({
    samples: count,
    everyCycles: count.describe("cycles between two samples"),
    functions: z.array(
      z.strictObject({
        name: z.string(),
        file: z.string().nullable(),
        start: address.nullable(),
        samples: count,
        percent: z.number(),
      }),
    ),
  }),
  gdbserver: z.strictObject({
    port: count.describe("the first core's"),
    ports: z.array(z.strictObject({ core: z.string(), port: count })),
    clients: count.describe("how many GDBs have connected"),
  }),
  ui: z.strictObject({
    port: count,
    pages: count.describe("how many pages have connected"),
    brokenOff: count.describe(
      "jobs that were broken off without a page that shows it, and boards whose state could not be kept",
    ),
  }),
  unlock: z.strictObject({ unlocked: z.boolean(), locked: z.boolean(), massErased }),
};
