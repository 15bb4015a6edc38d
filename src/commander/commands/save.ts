import { codeOf } from "../../base/errors.ts";
import { readMemory } from "../../session/read-memory.ts";
import { print } from "../console/context.ts";
import { isRefusedAccess } from "../run/failure.ts";
import { type Handler, targetOf } from "../run/handler.ts";
import { fileNotOpened, saveEnd, saveStart } from "../texts/v7-86e/flash.ts";
import { zonedAddress } from "../language/zoned-address.ts";

/** `savebin FILE, ADDR, BYTES`: the file is written whole, after everything was read, or not at all. */
export const saveBin: Handler = async (call) => {
  const path = call.args.text("filename");
  const address = zonedAddress(call, "addr");
  if (address === undefined) return "failed";
  const length = call.args.number("NumBytes");
  print(call, saveStart(path));
  try {
    const { bytes } = await readMemory(targetOf(call), { start: address, length }, call.io);
    call.host.writeFile(path, bytes);
    print(call, saveEnd(address, length, true));
    return "ok";
  } catch (error) {
    if (isRefusedAccess(error)) print(call, saveEnd(address, length, false));
    else if (codeOf(error) === "file-unwritable") print(call, fileNotOpened());
    else throw error;
    call.notes.error(error);
    return "failed";
  }
};
