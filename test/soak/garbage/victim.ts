import type { TcpServer } from "../../../src/node/servers/tcp-server.ts";

/** A server under attack, and a client that means well. */
export interface Victim {
  /** A request of HTTP with messages in its body that would change something; none may be executed. */
  readonly http?: {
    readonly request: (origin: string) => Uint8Array;
    readonly executed: (port: number) => Promise<number>;
  };
  serve(): Promise<TcpServer>;
  /** Connects, asks something, and leaves; rejects when the answer is wrong. */
  askKindly(port: number): Promise<void>;
  /** Messages of a good session, as a client sends them. */
  readonly session: readonly Uint8Array[];
  /** Where in it a client begins: at its first message, where that is left out. */
  readonly begins?: "anywhere";
  /** The server speaks first. */
  readonly sendsFirst: boolean;
}
