import { describe, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { type GdbClient, OPTIONS, talk } from "../../support/gdb-client.ts";

const AT = 0x8000;
const BYTES = "5555555555555555";

/** Writes to flash by plain writes, then does what the test wants; answers the console and what the flash holds. */
async function writing(then: (client: GdbClient) => Promise<unknown>) {
  const twin = board({ flash: "zero" });
  const lines = await talk(
    async (client) => {
      expect(await client.ask(`M${AT.toString(16)},8:${BYTES}`)).toBe("OK");
      await then(client);
    },
    { ...OPTIONS, flashBy: "writes" },
    twin,
  );
  return { lines, flash: Buffer.from(twin.peekFlash(AT, 8)).toString("hex") };
}

describe("plain writes to flash", () => {
  it("are programmed before a detach is answered", async () => {
    const { flash } = await writing((client) => client.ask("D"));
    expect(flash).toBe(BYTES);
  });

  it("are dropped, and that is printed, where the connection breaks before their end", async () => {
    const { lines, flash } = await writing(async () => {});
    expect(flash).toBe("ffffffffffffffff");
    expect(lines).toContain("load: the client ended before the end of it; 8 bytes were not programmed");
  });
});
