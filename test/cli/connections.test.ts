import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { emulated, runProgram, spawnProgram } from "../support/program.ts";
import { THROW_AWAY_CERTIFICATE, THROW_AWAY_KEY } from "../support/throw-away-certificate.ts";

/** A server that writes down what it is asked, on a port of its own. Dispose of it with `await using`. */
async function listening(scheme: "http" | "https", answer: RequestListener) {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    answer(request, response);
  };
  const keys = { key: THROW_AWAY_KEY, cert: THROW_AWAY_CERTIFICATE };
  const server: Server = scheme === "http" ? createServer(listener) : createTlsServer(keys, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    asked,
    onConnection: (listen: (socket: Socket) => void) => void server.on("connection", listen),
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ends a check at once, if it gets there. */
const refuse: RequestListener = (_, response) => response.writeHead(403).end();

describe("the key goes to nobody but the API", () => {
  test("not to a server with a certificate that nobody has signed, whatever Node is told to accept", async () => {
    await using server = await listening("https", refuse);
    const env = { ...emulated(server.url), NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const ended = await spawnProgram(["check"], env).ended;
    expect(ended.stderr).toMatch(
      /cannot be reached at .*: DEPTH_ZERO_SELF_SIGNED_CERT.* NODE_EXTRA_CA_CERTS/,
    );
    expect(ended.exitCode).toBe(1);
    expect(server.asked).toEqual([]);
  });

  test.each([301, 302, 307, 308])("not to where a %i leads", async (status) => {
    await using elsewhere = await listening("http", refuse);
    await using server = await listening("http", (request, response) => {
      response.writeHead(status, { location: elsewhere.url + request.url }).end();
    });
    const ended = await runProgram(["check"], emulated(server.url));
    expect(ended.stderr).toMatch(/cannot be reached at .*: unexpected redirect/);
    expect(ended.exitCode).toBe(1);
    expect(server.asked).toHaveLength(1);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe("a connection that would fail again is given up at once, with the advice that fits", () => {
  test("when a proxy in between asks for a password", async () => {
    await using server = await listening("http", (_, response) => response.writeHead(407).end());
    const ended = await runProgram(["check"], emulated(server.url));
    expect(ended.stderr).toMatch(
      /cannot be reached at .*HTTP 407.*Set HTTPS_PROXY to http:\/\/user:password@/,
    );
    expect(server.asked).toHaveLength(1);
  });

  test("when HTTPS is spoken to a port for HTTP", async () => {
    await using server = await listening("http", refuse);
    const connections: unknown[] = [];
    server.onConnection((socket) => connections.push(socket));
    const ended = await runProgram(["check"], emulated(server.url.replace("http:", "https:")));
    expect(ended.stderr).toMatch(
      /cannot be reached at .*ERR_SSL_\w+ \(wrong version number\).*a port for plain HTTP answers like that/,
    );
    expect(connections).toHaveLength(1);
  });

  test("when a server answers that its port expects HTTPS", async () => {
    await using server = await listening("http", (_, response) => {
      response.writeHead(400).end("<html>The plain HTTP request was sent to HTTPS port</html>");
    });
    const ended = await runProgram(["check"], emulated(server.url));
    expect(ended.stderr).toMatch(/cannot be reached at .*: HTTP 400. The port expects TLS/);
    expect(server.asked).toHaveLength(1);
  });
});

test("a server for HTTPS that closes a plain connection may be one that restarts, and the error names both", async () => {
  await using server = await listening("https", refuse);
  const ended = await runProgram(["check"], emulated(server.url.replace("https:", "http:")));
  expect(ended.stderr).toMatch(
    /could not be read at .* \(6 attempts failed\)\. .*If the port expects HTTPS, write https/,
  );
  expect(ended.exitCode).toBe(1);
});
