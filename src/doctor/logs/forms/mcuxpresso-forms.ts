import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines that MCUXpresso IDE puts around the console of the tool that it drives. */
export const MCUXPRESSO_FORMS: readonly LineForm[] = formsFrom(
  "mcuxpresso",
  "NXP community, Kinetis Microcontrollers, td-p/1626827: MCUXpresso IDE, 2023",
  [
    ["operation", /^Executing flash operation '(?<operation>[^']+)' \((?<what>.+)\) - /],
    ["chatter", /^(Checking MCU info|Scanning for targets|Executing flash action)\.\.\./],
    [
      "failed-unexplained",
      /^(Unable to perform operation!|\(100\) Target (?:Operation|Connection) Failed|Failed on connect)/,
    ],
    ["exit-code", /^Command failed with exit code (?<code>\d+)/],
    ["chatter", /^Connecting to probe \d+ core \d+ \(using server started externally\) reports:/],
  ],
);
