// Flashes the example bootloader onto a simulated board, and prints what was changed for that.
import { connect, flashImage, readImage } from "flashproof";

const file = process.argv[2] ?? "node_modules/flashproof/examples/k24-bootloader/bootloader.hex";
const connection = await connect({ probe: "twin:MK24FN1M0xxx12", chip: "MK24FN1M0xxx12", speedHz: 4_000_000 });
try {
  const { verify, plan, totalMs } = await flashImage(connection, readImage(file), { security: "keep-open" });
  console.log(`${verify.verdict}, ${verify.compared} bytes compared, ${totalMs.toFixed(1)} ms`);
  for (const { why } of plan.changes) console.log(`declared: ${why}`);
  await connection.session.reset("system", "run");
} finally {
  await connection.close();
}
