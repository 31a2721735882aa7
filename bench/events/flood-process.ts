import { connect } from "node:net";
import { answerTo, PATH } from "./sending.ts";

/**
 * Floods a port until the parent process goes away: forged requests, all at once and again when they have been answered,
 * and requests of which a part is sent, and then nothing. Sends a message to the parent once the flood has begun.
 */

const [port = 0, forgedRequests = 0, slowRequests = 0, bodyBytes = 0] = process.argv.slice(2).map(Number);

process.on("disconnect", () => process.exit());
for (let index = 0; index < slowRequests; index++) sendSlowly();
process.send?.("begun");
while (forgedRequests > 0) {
  const all = Array.from({ length: forgedRequests }, (_, index) =>
    answerTo(port, index % 2 ? PATH : `/${index}`, "forged"),
  );
  await Promise.allSettled(all);
}

/** Begins anew when the port closes the connection. */
function sendSlowly(): void {
  const head = `POST ${PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.on("close", sendSlowly).resume();
  socket.write(head + "x".repeat(bodyBytes - 1));
}
