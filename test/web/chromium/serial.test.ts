import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import { builtBench } from "../support/built-bench.ts";
import { alert, press } from "../support/steps.ts";

const PATIENCE_MS = 60_000;

/** How the stub of `navigator.serial` goes about it. */
type Mode = "echo" | "open-never" | "open-busy" | "write-never" | "denied" | "none";

/**
 * In the page: one port that sends back what it gets. What the API lacks is a TypeError, an open port can't be opened
 * again, and a port with a locked stream can't be closed. `unplug` and `damage` do what their names say.
 */
const STUB = (mode: Mode) => `{
  const never = new Promise(() => {});
  const strict = (object, members) => new Proxy(object, { get(target, name) {
    // Every answer of a promise is asked for it.
    if (name === "then") return undefined;
    if (typeof name === "string" && !members.includes(name)) throw new TypeError("The API has no member " + name);
    const value = Reflect.get(target, name, target);
    return typeof value === "function" ? value.bind(target) : value;
  } });
  let input;
  const port = Object.assign(new EventTarget(), { readable: null, writable: null });
  const begin = () => { port.readable = new ReadableStream({ start(controller) { input = controller; } }); };
  port.open = async ({ baudRate }) => {
    if (!(baudRate > 0)) throw new TypeError("baudRate");
    if (port.readable) throw new DOMException("The port is already open.", "InvalidStateError");
    if ("${mode}" === "open-never") await never;
    if ("${mode}" === "open-busy") throw new DOMException("Failed to open serial port.", "NetworkError");
    begin();
    port.writable = new WritableStream({ write: (bytes) => "${mode}" === "write-never" ? never : input.enqueue(bytes) });
  };
  port.close = async () => {
    if (port.readable?.locked || port.writable?.locked) throw new TypeError("A stream is locked");
    port.readable = port.writable = null;
  };
  globalThis.unplug = () => { port.readable = null; input.error(new DOMException("The device has been lost.", "NetworkError")); };
  globalThis.damage = () => { const old = input; begin(); old.error(new DOMException("Framing error", "FramingError")); };
  const requestPort = async () => {
    if (!navigator.userActivation.isActive) throw new DOMException("No user gesture", "SecurityError");
    if ("${mode}" === "denied") throw new DOMException("Access to the feature \\"serial\\" is disallowed by permissions policy.", "SecurityError");
    if ("${mode}" === "none") throw new DOMException("No port selected by the user.", "NotFoundError");
    return strict(port, ["readable", "writable", "open", "close", "addEventListener", "removeEventListener"]);
  };
  Object.defineProperty(navigator, "serial", { value: strict({ requestPort }, ["requestPort"]) });
}`;

describeWith("chromium")("a serial port at the page, by a strict stub of its API", () => {
  const bench = builtBench("serial");

  const log = (page: Page) => page.getByRole("log", { name: "Serial port" });

  async function opened(mode: Mode) {
    const live = await bench.open("#live", async (context) => {
      await context.addInitScript(STUB(mode));
    });
    await press(live.page, "Open a serial port");
    return live;
  }

  async function send(page: Page, line: string): Promise<void> {
    await page.getByLabel("To the serial port").fill(line);
    await press(page, "Send by serial port");
  }

  it("shows what comes, sends lines, keeps reading after a damaged byte, closes and opens again", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await opened("echo");
    await send(page, "first line");
    await log(page).getByText("first line").waitFor();
    await page.evaluate("damage()");
    await send(page, "second line");
    await log(page).getByText("second line").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await press(page, "Close the serial port");
    await press(page, "Open a serial port");
    await send(page, "third line");
    await log(page).getByText("third line").waitFor();
    expect(complaints).toEqual([]);
  });

  it("ends where the port is unplugged, and opens it again", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await opened("echo");
    await send(page, "before");
    await log(page).getByText("before").waitFor();
    await page.evaluate("unplug()");
    await alert(page, "serial-lost").waitFor();
    await press(page, "Open a serial port");
    await send(page, "after");
    await log(page).getByText("after").waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a port that another program has", "open-busy", "serial-refused"],
    ["a page that may use no ports", "denied", "serial-refused"],
    ["a port whose opening never settles", "open-never", "timeout"],
  ] as const)("reports %s with what to do", { timeout: PATIENCE_MS }, async (_, mode, code) => {
    const { page, complaints } = await opened(mode);
    await alert(page, code).waitFor();
    expect(await page.getByRole("alert").locator("li").count()).toBe(1);
    await page.getByRole("button", { name: "Open a serial port", disabled: false }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("reports a line that the port does not take, and shows no error where none was chosen", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page } = await opened("write-never");
    await send(page, "stuck");
    await alert(page, "timeout").waitFor();
    const none = await opened("none");
    expect(await none.page.getByRole("alert").locator("li").count()).toBe(0);
    await none.page.getByRole("button", { name: "Open a serial port", disabled: false }).waitFor();
  });
});
