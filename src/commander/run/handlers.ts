import type { CommandName } from "../language/command-list.ts";
import * as breakpoints from "../commands/breakpoints.ts";
import * as core from "../commands/core.ts";
import * as port from "../commands/debug-port.ts";
import { erase } from "../commands/erase.ts";
import { exec } from "../commands/exec.ts";
import { load } from "../commands/load.ts";
import * as memory from "../commands/memory.ts";
import * as pins from "../commands/pins.ts";
import * as registers from "../commands/registers.ts";
import * as reset from "../commands/reset.ts";
import { saveBin } from "../commands/save.ts";
import * as session from "../commands/session.ts";
import { unlock } from "../commands/unlock.ts";
import * as tests from "../commands/speed-tests.ts";
import * as probes from "../commands/probes.ts";
import * as devices from "../commands/device-list.ts";
import * as events from "../commands/debug-events.ts";
import * as watchpoints from "../commands/watchpoints.ts";
import { verifyBin } from "../commands/verify.ts";
import type { Handler } from "./handler.ts";

/** What every command does: one without a handler doesn't compile. */
export const HANDLERS: { readonly [Name in CommandName]: Handler } = {
  "?": session.help,
  connect: session.connect,
  device: session.device,
  SelectInterface: session.selectInterface,
  speed: session.speed,
  exec,
  ExitOnError: session.exitOnError,
  Sleep: session.sleep,
  log: session.log,
  le: session.littleEndian,
  ShowEmuList: probes.showEmuList,
  usb: probes.usb,
  ip: probes.ip,
  selectprobe: probes.selectProbe,
  ExpDevList: devices.exportDevices,
  ExpDevListXML: devices.exportDevicesXml,
  uptime: probes.uptime,
  license: probes.license,
  ShowFWInfo: pins.showFirmware,
  ShowHWStatus: pins.showStatus,
  q: session.quit,
  halt: core.halt,
  IsHalted: core.isHalted,
  WaitHalt: core.waitHalt,
  go: core.go,
  reset: reset.reset,
  ResetX: reset.resetDelayed,
  rnh: reset.resetNoHalt,
  RSetType: reset.resetType,
  step: core.step,
  regs: registers.regs,
  rreg: registers.readRegister,
  wreg: registers.writeRegister,
  SetPC: core.setPc,
  SetBP: breakpoints.setBreakpoint,
  ClearBP: breakpoints.clearBreakpoint,
  moe: events.showHaltReason,
  VCatch: events.vectorCatch,
  SetWP: watchpoints.setWatchpoint,
  ClearWP: watchpoints.clearWatchpoint,
  mem: memory.mem,
  mem8: memory.mem8,
  mem16: memory.mem16,
  mem32: memory.mem32,
  mem64: memory.mem64,
  w1: memory.w1,
  w2: memory.w2,
  w4: memory.w4,
  w8: memory.w8,
  LoadFile: load,
  LoadBin: load,
  SaveBin: saveBin,
  VerifyBin: verifyBin,
  erase,
  unlock,
  SWDSelect: port.swdSelect,
  SWDReadDP: port.swdReadDp,
  SWDWriteDP: port.swdWriteDp,
  SWDReadAP: port.swdReadAp,
  SWDWriteAP: port.swdWriteAp,
  ReadDP: port.readDp,
  WriteDP: port.writeDp,
  ReadAP: port.readAp,
  WriteAP: port.writeAp,
  ...pins.PINS,
  power: pins.power,
  JTAGConf: pins.jtagConf,
  TestHaltGo: tests.testHaltGo,
  TestStep: tests.testStep,
  TestWSpeed: tests.testWrite,
  TestRSpeed: tests.testRead,
  TestNWSpeed: tests.testSingleWrite,
  TestNRSpeed: tests.testSingleRead,
};
