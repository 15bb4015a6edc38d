import type { AdiErrorCode } from "../adi/adi-error.ts";
import type { HostErrorCode, WaitErrorCode } from "../base/errors.ts";
import type { ChipErrorCode } from "../chips/chip-error.ts";
import type { CoreErrorCode } from "../cortex/core-error.ts";
import type { FirmwareErrorCode } from "../semihosting/firmware-error.ts";
import type { FlashErrorCode } from "../flash/flash-error.ts";
import type { ImageErrorCode } from "../image/image.ts";
import type { PackErrorCode } from "../packs/pack-error.ts";
import type { PipeErrorCode } from "../pipe/pipe.ts";
import type { DapErrorCode, ProbeErrorCode } from "../probe/probe-error.ts";
import type { RttErrorCode } from "../rtt/rtt-error.ts";
import type { SessionErrorCode } from "../session/session-error.ts";
import type { UsbErrorCode } from "../usb/usb-error.ts";

/** Every code that an error of any layer can have; a layer with errors adds its codes here. */
export type AnyErrorCode =
  | WaitErrorCode
  | HostErrorCode
  | UsbErrorCode
  | PipeErrorCode
  | ProbeErrorCode
  | DapErrorCode
  | AdiErrorCode
  | CoreErrorCode
  | ImageErrorCode
  | ChipErrorCode
  | PackErrorCode
  | FlashErrorCode
  | RttErrorCode
  | FirmwareErrorCode
  | SessionErrorCode;
