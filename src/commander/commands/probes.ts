import { print } from "../console/context.ts";
import type { Call, Handler, Outcome } from "../run/handler.ts";
import * as texts from "../texts/v7-86e/probe.ts";

/** `usb [SN]`: the probe of that serial number, or the one there is. */
export const usb: Handler = (call) => choose(call, call.args.has("sn") ? { usb: call.args.text("sn") } : {});

/** `ip HOST[:PORT]`; the list behind `*` needs a person. */
export const ip: Handler = async (call) => {
  const address = call.args.text("addr");
  if (address !== "*") return choose(call, { ip: address });
  call.notes.answer("probes on the network aren't searched: name one, ip HOST[:PORT]");
  return "failed";
};

const choose = async (call: Call, choice: Parameters<Call["connection"]["choose"]>[0]): Promise<Outcome> =>
  (await call.connection.choose(choice)) ? "ok" : "failed";

/** `ShowEmuList`. */
export const showEmuList: Handler = async (call) => {
  await listed(call);
  return "ok";
};

/** `selectprobe`: takes the only probe there is; among several a script can't choose. */
export const selectProbe: Handler = async (call) => {
  const count = await listed(call);
  if (count !== 1) call.notes.answer(`${count} probes can be seen: name one with usb SERIALNUMBER`);
  return count === 1 ? "ok" : "failed";
};

async function listed(call: Call): Promise<number> {
  const probes = call.args.has("interface") && call.args.text("interface") === "IP" ? [] : await call.host.listProbes();
  print(
    call,
    probes.flatMap(({ serial, product }, i) => texts.probeListEntry(i, serial, product)),
  );
  return probes.length;
}

/** `uptime`: no probe that we know says it. */
export const uptime: Handler = async (call) => {
  print(call, call.texts.uptimeLine());
  return "ok";
};

/** `license show`. */
export const license: Handler = async (call) => {
  print(call, texts.licenseLine(call.connection.openedProbe.probe.info.licenses ?? []));
  return "ok";
};
