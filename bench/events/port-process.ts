import { EventReceiver } from "../../src/events/port/receiver.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { PATH, TOKEN } from "./sending.ts";

/** The port for events as a process of its own, so that its memory is measured alone. Each event is stored at once. */

const ignore = () => {};

const receiver = await EventReceiver.listen({
  ...{ host: "127.0.0.1", port: 0, path: PATH, isToken: (token) => token === TOKEN },
  accept: () => Promise.resolve(),
  ports: { clock: systemClock, log: { debug: ignore, info: ignore, warn: ignore, error: ignore } },
});
process.on("disconnect", () => receiver.close());
process.send?.(receiver.port);
