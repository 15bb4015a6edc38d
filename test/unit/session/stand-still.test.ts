import { beforeAll, describe, expect, it } from "vitest";
import { judgeFsec } from "../../support/fsec.ts";
import type { TwinState } from "../../../src/twin/usb.ts";
import { board, example, flashBoard } from "../../support/board.ts";

const image = example("small.hex");

describe("a chip whose flash command hangs after the erase of sector 0", () => {
  let hung: TwinState;

  beforeAll(async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, image);
    const struck = board({ flash: "zero", state: twin.snapshot(), faults: "busy@ftfe=1" });
    const other = example("bootloader-open.raw.bin");
    await expect(flashBoard(struck, other)).rejects.toMatchObject({ code: expect.stringMatching(/^(loader|flash)-/) });
    hung = struck.snapshot();
  });

  it("is flashed again where a mass erase is permitted", async () => {
    const twin = board({ flash: "zero", state: hung });
    const { verify } = await flashBoard(twin, image, { massErase: true });
    expect(verify.verdict).toBe("equal");
    expect(judgeFsec(twin.peekFlash(0x40c, 1)[0])).toBe("open");
  });

  it("is not reset without that permit, because its security byte can't be read", async () => {
    const twin = board({ flash: "zero", state: hung });
    const refused = { code: "flash-busy", message: expect.stringContaining("might lock the chip") };
    await expect(flashBoard(twin, image)).rejects.toMatchObject(refused);
  });
});
