// The same in a browser: bytes in place of a path, and a device of WebUSB or a simulated board in place of a selector:
// const device = await navigator.usb.requestDevice({ filters: [{ vendorId: 0x1366 }] });
import { connect, createTwin, flashImage, readImage } from "flashproof";

/** Flashes the bytes of a file; resolves to what a page would show. */
export async function flash(bytes: Uint8Array, name: string): Promise<readonly string[]> {
  const twin = createTwin({ chip: "MK24FN1M0xxx12" });
  const connection = await connect({ probe: twin, chip: "MK24FN1M0xxx12", speedHz: 4_000_000 });
  try {
    const { verify, plan } = await flashImage(connection, readImage(bytes, { name }), { security: "keep-open" });
    return [verify.verdict, ...plan.changes.map(({ why }) => why)];
  } finally {
    await connection.close();
  }
}
