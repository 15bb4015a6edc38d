/** Bytes of telnet's own (RFC 854): IAC begins a command, and stands twice for a byte 0xFF of the text. */
const IAC = 0xff;
const SE = 0xf0;
const SB = 0xfa;
const WILL = 0xfb;

/** What the next byte belongs to. */
type Place = "text" | "command" | "option" | "parameters" | "end of parameters";

/**
 * What a client types, without what a telnet program sends of its own: commands, WILL to DONT with their options, and
 * parameters between SB and SE; a sequence may go on in the next piece. A 0xFF with no command behind it comes from a
 * client that is no telnet program, and is text.
 */
export class TelnetText {
  private place: Place = "text";

  /** The text in a piece. */
  feed(bytes: Uint8Array): Uint8Array {
    if (this.place === "text" && !bytes.includes(IAC)) return bytes;
    return Uint8Array.from(Array.from(bytes).flatMap((byte) => this.next(byte)));
  }

  private next(byte: number): readonly number[] {
    switch (this.place) {
      case "text":
        if (byte !== IAC) return [byte];
        this.place = "command";
        return [];
      case "command":
        this.place = byte === SB ? "parameters" : byte >= WILL && byte < IAC ? "option" : "text";
        if (byte === IAC) return [IAC];
        return byte < SE ? [IAC, byte] : [];
      case "option":
        this.place = "text";
        return [];
      case "parameters":
        if (byte === IAC) this.place = "end of parameters";
        return [];
      case "end of parameters":
        this.place = byte === SE ? "text" : "parameters";
        return [];
    }
  }
}
