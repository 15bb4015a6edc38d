/** What a port of the ITM or the DWT has sent, by the packet kinds of ARMv7-M ARM (DDI 0403E), appendix D4. */
export type SwoPacket =
  /** At least 47 zeros and a one: the decoder knows where a packet begins. */
  | { readonly kind: "sync" }
  /** The ITM or DWT had no room for a packet: at least one is missing. */
  | { readonly kind: "overflow" }
  /** What firmware wrote to a stimulus port: 1, 2 or 4 bytes; `page` is that of the last extension packet. */
  | { readonly kind: "itm"; readonly port: number; readonly page: number; readonly bytes: Uint8Array }
  /** Which of the DWT's counters have passed zero. */
  | { readonly kind: "counters"; readonly wrapped: readonly CounterName[] }
  | { readonly kind: "exception"; readonly number: number; readonly action: "enter" | "exit" | "return" }
  /** Where the core executes; undefined while it sleeps. */
  | { readonly kind: "pc"; readonly pc: number | undefined }
  /** Comparator `comparator` matched: the instruction that made the access, */
  | { readonly kind: "data-pc"; readonly comparator: number; readonly pc: number }
  /** or the low half of the address, */
  | { readonly kind: "data-address"; readonly comparator: number; readonly offset: number }
  /** or what was read or written. */
  | {
      readonly kind: "data-value";
      readonly comparator: number;
      readonly access: "read" | "write";
      readonly bytes: Uint8Array;
    }
  /** Ticks since the local timestamp before; what `delayed` says is late in reaching the host. */
  | { readonly kind: "local-time"; readonly ticks: number; readonly delayed: Delay }
  /** The low 26 bits of the global timestamp, or as many of them as have changed. */
  | {
      readonly kind: "global-time-low";
      readonly value: number;
      readonly bits: number;
      readonly wrapped: boolean;
      readonly clockChanged: boolean;
    }
  /** Its bits from 26 on. */
  | { readonly kind: "global-time-high"; readonly value: bigint; readonly bits: number }
  /** Which 32 stimulus ports the next packets are of. */
  | { readonly kind: "page"; readonly page: number }
  /** Bytes that are no packet of the manual's: a wrong speed, or a line that is not the SWO pin. */
  | { readonly kind: "unknown"; readonly bytes: Uint8Array };

/** Which of a timestamp's packets were held up: nothing, the timestamp, the packet before it, or both. */
export type Delay = "none" | "timestamp" | "packet" | "both";

/** The counters of the event counter packet, bit 0 first. */
export const COUNTER_NAMES = ["CPI", "exception", "sleep", "LSU", "fold", "cycle"] as const;

/** A counter of the DWT. */
export type CounterName = (typeof COUNTER_NAMES)[number];
