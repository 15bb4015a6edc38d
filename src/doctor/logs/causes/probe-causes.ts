import { lowerSpeed } from "../families/tool-words.ts";
import type { LogTool } from "../forms/line-form.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { type LogCause, statedBy } from "./log-cause.ts";
import type { StatedCause } from "./stated-cause.ts";

/** Causes between the host and the probe, boot loader or port, in the order in which a job reaches them. */
export const PROBE_CAUSES: readonly StatedCause[] = [
  {
    id: "tool-not-found",
    facts: ["tool-missing"],
    likelihood: "certain",
    what: (_, [fact]) =>
      `A program or library that the job needs is not installed, or not found${nameOf(fact.values.name)}.`,
    test: "Call that program by itself, with --version, in the same shell.",
    remedy: ["Install it, or put its folder into PATH.", "An IDE and a terminal may have different PATHs."],
  },
  {
    id: "tool-not-found",
    facts: ["library-missing"],
    with: ["probe-missing", "probe-silent"],
    likelihood: "likely",
    what: "The library with which the tool reaches USB is not installed: probes that need it stay unseen.",
    test: "Install libusb, and list the probes again.",
    remedy: [
      "Install libusb (pyOCD: pip install libusb, or the system's package).",
      "If the probe is one that needs no libusb: is it plugged in?",
    ],
  },
  {
    id: "config-not-found",
    facts: ["config-missing"],
    likelihood: "certain",
    what: (_, [fact]) => `The tool's configuration is incomplete or of another version${nameOf(fact.values.name)}.`,
    test: "List the configurations that the tool has, and compare the name.",
    remedy: [
      "Correct the name, or give the folder of the scripts (OpenOCD: -s).",
      "Use the tool's version that the configuration was written for.",
    ],
  },
  {
    id: "probe-access",
    facts: ["probe-access"],
    likelihood: "certain",
    what: "The system does not let this user open the probe.",
    test: "Run the same command as root once, or look at the device file's permissions.",
    remedy: ["On Linux install the udev rule: flashproof doctor --udev. Then plug the probe in again."],
  },
  {
    id: "tool-too-old",
    facts: ["tool-old"],
    likelihood: "likely",
    what: (_, [fact]) =>
      fact.values.name
        ? `The tool was built without its driver for ${fact.values.name}, or is older than that driver.`
        : "The tool does not understand what this probe says of itself: the tool is older than the probe's firmware.",
    against: [["connected", "The tool did reach a core with it."]],
    test: "Compare the tool's version with its newest one, and list the drivers that it was built with (OpenOCD: adapter list).",
    remedy: [
      "Use a newer version of the tool, or one that was built with that driver (OpenOCD and CMSIS-DAP: hidapi and libusb).",
    ],
  },
  {
    id: "probe-access",
    facts: ["open-refused"],
    likelihood: "likely",
    what: "The tool sees the device and can't open it: this user lacks the permission, or on Windows the driver is another.",
    test: "Run the same command as root once (on Windows: look at the device's driver).",
    remedy: [
      "On Linux install the tool's udev rule, then plug the device in again.",
      "On Windows give the boot interface the WinUSB driver.",
    ],
  },
  {
    id: "probe-driver",
    facts: ["probe-driver"],
    likelihood: "likely",
    what: "The probe is there, but the system has another driver on it than the tool can use.",
    test: "Look at the probe in the device manager: which driver does it have?",
    remedy: ["On Windows give the probe the WinUSB driver; SEGGER's own tools may need theirs back."],
  },
  {
    id: "probe-busy",
    facts: ["probe-busy"],
    likelihood: "likely",
    what: "Another program holds the probe.",
    test: "Close every IDE, GDB server and programmer, and repeat the command.",
    remedy: ["End the program that holds the probe; a debug session that hangs in the background counts."],
  },
  {
    id: "probe-ambiguous",
    facts: ["probe-ambiguous"],
    likelihood: "certain",
    what: "More than one probe or device is there, and none was named.",
    test: "flashproof list shows the probes with their serial numbers.",
    remedy: ["Name one by its serial number, or unplug the others."],
  },
  {
    id: "probe-not-found",
    facts: ["probe-missing"],
    not: ["probe-access", "probe-driver", "library-missing"],
    likelihood: "likely",
    what: "The tool saw no probe.",
    test: "flashproof list shows the probes that can be seen, those without permission too.",
    remedy: [
      "Check cable, port and driver; close other programs that hold the probe.",
      "Check the serial number given.",
    ],
  },
  {
    id: "probe-silent",
    facts: ["server-silent"],
    likelihood: "likely",
    what: "The tool's own server, or the probe behind it, did not answer in time.",
    test: "End the tool's server, unplug the probe, plug it in again and repeat the command.",
    remedy: ["Use a probe firmware and a tool of the same age: one of them may not know the other."],
  },
  {
    id: "probe-silent",
    facts: ["probe-silent"],
    likelihood: "certain",
    what: "The probe is there and does not answer.",
    test: "Unplug the probe, plug it in again and repeat the command.",
    remedy: ["Use another cable and a port without a hub.", "Over the network: is the probe's server running?"],
  },
  {
    id: "probe-firmware",
    facts: ["probe-firmware-old"],
    likelihood: "certain",
    what: "The probe's firmware is too old for the tool, or lacks a command that this chip needs.",
    test: "Compare the firmware version that the tool prints with the one that it asks for.",
    remedy: [
      "Update the probe with its maker's updater (ST-Link: ST's STLinkUpgrade; CMSIS-DAP: the board's newest DAPLink or debugprobe).",
    ],
  },
  {
    id: "probe-lost",
    facts: ["probe-lost"],
    not: ["probe-firmware-old"],
    likelihood: "likely",
    what: "The probe stopped answering while it was in use: unplugged, reset, or disturbed on USB.",
    test: "Repeat it on another cable and port; on Linux, dmesg says whether the probe left the bus.",
    remedy: [
      "Use a short cable and a port without a hub.",
      "Supply the target by itself: its inrush current may pull the probe down.",
    ],
  },
  {
    id: "probe-clone",
    facts: ["probe-clone"],
    likelihood: "certain",
    what: "The tool takes the probe for a clone or for defective, and refuses it.",
    test: "Try another probe.",
    remedy: ["Use a probe that the tool accepts, or a tool that accepts the probe."],
  },
  {
    id: "port-not-found",
    facts: ["port-missing"],
    likelihood: "certain",
    what: "The serial port for uploading isn't there.",
    test: "List the ports with the board plugged in and without it: which one is new?",
    remedy: [
      "Choose that port.",
      "Use a cable that carries data.",
      "Put the board into its boot loader by hand: two quick resets, or the BOOT button.",
    ],
  },
  {
    id: "port-busy",
    facts: ["port-busy"],
    likelihood: "certain",
    what: (_, [fact]) => `Another program holds the port${nameOf(fact.values.port)}.`,
    test: "Close serial monitors and other servers, and repeat the command.",
    remedy: ["End the program that holds it, or choose another port."],
  },
  {
    id: "bootloader-silent",
    facts: ["boot-silent"],
    not: ["open-refused", "probe-access", "port-busy"],
    likelihood: "likely",
    what: "The chip's boot loader does not answer: the chip isn't in it, or the port is the wrong one.",
    test: "Put the chip into its boot loader by hand, and look whether its USB device or port appears.",
    remedy: [
      "Enter the boot loader: BOOT or ISP pin at reset, or two quick resets.",
      "Check the port, the baud rate and the wires (TX to RX).",
    ],
  },
  {
    id: "bootloader-refused",
    facts: ["boot-refused"],
    likelihood: "possible",
    what: "The boot loader answered and refused the command.",
    test: "Look its answer up: CRP refuses reads and writes, a DFU boot loader refuses other versions and signatures.",
    remedy: [
      "Erase the whole chip first where it is read-protected.",
      "Give the file that is made for this boot loader's version and keys.",
    ],
  },
];

/** Tools that reach their probe by libusb: one whose driver is another does not exist for them. */
const BY_LIBUSB: readonly LogTool[] = ["openocd", "st-flash", "pyocd", "probe-rs", "dfu-util", "picotool"];

/** A probe that libusb does not see may have another driver. */
export function driverHides(reading: LogReading): LogCause | undefined {
  const facts = reading.all("probe-missing").filter(({ tool }) => BY_LIBUSB.includes(tool));
  if (facts.length === 0 || reading.all("probe-access", "probe-driver", "library-missing").length > 0) return undefined;
  return {
    id: "probe-driver",
    likelihood: "possible",
    what: "The tool does not see a probe that has another driver than the tool can use.",
    for: statedBy(facts, "A probe with another driver looks to the tool like none."),
    against: [],
    test: "Does the device manager, or lsusb, show the probe? Then it is plugged in, and its driver or permission is the cause.",
    remedy: ["On Windows give the probe the driver that the tool wants (WinUSB, mostly)."],
  };
}

/** A core that LinkServer does not reach, with no line that shows a debug port: a server left over may hold the probe. */
export function serverHolds(reading: LogReading): LogCause | undefined {
  const facts = reading.all("core-missing").filter(({ tool }) => tool === "linkserver");
  if (facts.length === 0 || reading.all("dp-id", "connected", "probe-busy").length > 0) return undefined;
  return {
    id: "probe-busy",
    likelihood: "possible",
    what: "A server of an earlier session still holds the probe, or the system lost its handle.",
    for: statedBy(facts.slice(0, 1), "No line shows that the debug port was reached."),
    against: [],
    test: "End every redlinkserv (MCUXpresso IDE: Clean Up Debug), plug the probe in again and repeat the command.",
    remedy: ["On Windows remove the probe from the device manager, then plug it in again."],
  };
}

/** Causes on the wires and in the core's state. */
export const WIRE_CAUSES: readonly StatedCause[] = [
  {
    id: "wire-unreliable",
    facts: ["wire-broken"],
    likelihood: "likely",
    what: "The debug port's answers arrive damaged: wires, ground, speed, or two drivers on one wire.",
    test: "Repeat it at 100 kHz with wires under 10 cm: a fault that goes away was the wires'.",
    remedy: (reading) => [lowerSpeed(reading), "Connect ground close to the signals; shorten the wires."],
  },
];

const nameOf = (name: string | undefined): string => (name === undefined ? "" : `: ${name}`);
