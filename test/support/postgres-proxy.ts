import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { SOCKET } from "./postgres.ts";

/** What passes: what the client asks, or what the server answers. */
export type Cut = (from: "client" | "server", bytes: string) => boolean;

/** A way to the server of the tests over which a test rules. */
export interface Proxy {
  readonly address: string;
  /** Ends the connections of the moment. */
  drop(): void;
  /** Ends the connection in the place of the first bytes for which it returns true. */
  cutWhen(cut: Cut): void;
  /** Refuses connections until it is opened again. */
  close(): void;
  open(): Promise<void>;
}

export async function startProxy(): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let cut: Cut = () => false;
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const pass = (from: "client" | "server", source: Socket, target: Socket) => {
    sockets.add(source);
    source.on("error", () => {}).on("close", () => target.destroy());
    source.on("data", (bytes) => {
      if (cut(from, bytes.toString("latin1"))) {
        cut = () => false;
        drop();
      } else target.write(bytes);
    });
  };
  const listener = createServer((client) => {
    const server = connect(SOCKET);
    pass("client", client, server);
    pass("server", server, client);
  });
  const open = async (port = 0) => {
    await once(listener.listen(port, "127.0.0.1"), "listening");
    return (listener.address() as AddressInfo).port;
  };
  const port = await open();
  onTestFinished(() => {
    drop();
    listener.close();
  });
  return {
    address: `postgres://capture@127.0.0.1:${port}/postgres`,
    drop,
    cutWhen: (next) => {
      cut = next;
    },
    close: () => {
      listener.close();
      drop();
    },
    open: async () => {
      await open(port);
    },
  };
}
