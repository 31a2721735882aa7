import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server,
  type Socket,
} from "node:net";
import { describe, expect, test } from "vitest";
import { API_ID, API_TOKEN, startEmulator } from "../../emulator/index.ts";
import { draws } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { type Ended, type Env, emulated, spawnProgram } from "../support/program.ts";
import { THROW_AWAY_CERTIFICATE, THROW_AWAY_KEY } from "../support/throw-away-certificate.ts";

const USER = "somebody";
const PASSWORD = "p%ss w@rd";
const SPELT = `${USER}:${encodeURIComponent(PASSWORD)}`;

async function listen(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Aircall over TLS. */
async function secureAircall() {
  const emulator = await startEmulator({ limit: null, account: { calls: 0 } });
  const authorizations: unknown[] = [];
  const answer: RequestListener = async ({ url, headers }, response) => {
    authorizations.push(headers.authorization);
    const answered = await fetch(emulator.url + url, {
      headers: { authorization: headers.authorization ?? "" },
    });
    response.writeHead(answered.status).end(await answered.text());
  };
  const listening = await listen(
    createTlsServer({ key: THROW_AWAY_KEY, cert: THROW_AWAY_CERTIFICATE }, answer),
  );
  return {
    host: listening.host,
    authorizations,
    [Symbol.asyncDispose]: async () => {
      await listening[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

/** A proxy that opens tunnels, and writes down what it gets to see. */
async function proxy(refuseWith?: number) {
  const targets: (string | undefined)[] = [];
  const passwords: (string | undefined)[] = [];
  const plain: (string | undefined)[] = [];
  let seen = "";
  const server = createServer((request, response) => {
    plain.push(request.url);
    response.end();
  });
  server.on("connect", ({ url, headers }: IncomingMessage, socket: Socket) => {
    targets.push(url);
    passwords.push(headers["proxy-authorization"]);
    if (refuseWith !== undefined) return void socket.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`);
    const [name, port] = (url ?? "").split(":");
    const upstream = connect(Number(port), name, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.on("data", (bytes) => {
        seen += bytes.toString("latin1");
      });
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => {});
  });
  return { targets, passwords, plain, seen: () => seen, ...(await listen(server)) };
}

async function check(host: string, env: Env): Promise<Ended> {
  using folder = temporaryFolder();
  return await spawnProgram(["check", "--streams", "tags"], {
    ...emulated(`https://${host}`),
    NODE_EXTRA_CA_CERTS: folder.write("ca.pem", THROW_AWAY_CERTIFICATE),
    ...env,
  }).ended;
}

describe("a proxy that the environment names", () => {
  const VARIABLES = [
    ["https_proxy", ""],
    ["ALL_PROXY", "without a scheme"],
    ["HTTPS_PROXY", ""],
    ["HTTPS_PROXY", "without a scheme"],
    ["ALL_PROXY", ""],
    ["HTTP_PROXY", ""],
  ] as const;

  test.each(VARIABLES.slice(0, draws(2, VARIABLES.length)))(
    "as %s %s opens a tunnel to Aircall, and sees nothing of the key",
    async (variable, how) => {
      await using aircall = await secureAircall();
      await using between = await proxy();
      const ended = await check(aircall.host, {
        [variable]: `${how === "" ? "http://" : ""}${between.host}`,
      });
      expect(ended.stderr).toBe("");
      expect(ended.exitCode).toBe(0);
      expect(new Set(between.targets)).toEqual(new Set([aircall.host]));
      const authorization = `Basic ${btoa(`${API_ID}:${API_TOKEN}`)}`;
      expect(new Set(aircall.authorizations)).toEqual(new Set([authorization]));
      expect(between.plain).toEqual([]);
      expect(between.seen()).not.toContain(authorization);
      expect(between.passwords[0]).toBeUndefined();
    },
  );

  test("gets the user and the password of its address, and Aircall does not", async () => {
    await using aircall = await secureAircall();
    await using between = await proxy();
    const ended = await check(aircall.host, { HTTPS_PROXY: `http://${SPELT}@${between.host}` });
    expect(ended.exitCode).toBe(0);
    expect(between.passwords[0]).toBe(`Basic ${btoa(`${USER}:${PASSWORD}`)}`);
  });

  const EXEMPTING = [
    "*",
    "example.com, 127.0.0.1",
    ".0.0.1",
    "127.0.0.1",
    "127.0.0.1:PORT",
    "0.0.1",
    "*.0.0.1",
  ];

  test.each(EXEMPTING.slice(0, draws(3, EXEMPTING.length)))(
    "is not used where NO_PROXY is %s",
    async (exempt) => {
      await using aircall = await secureAircall();
      await using between = await proxy();
      const NO_PROXY = exempt.replace("PORT", aircall.host.split(":")[1] ?? "");
      const ended = await check(aircall.host, { HTTPS_PROXY: `http://${between.host}`, NO_PROXY });
      expect(ended.exitCode).toBe(0);
      expect(between.targets).toEqual([]);
    },
  );

  test.each(["example.com", "27.0.0.1", "127.0.0.1:1"])("is used where NO_PROXY is %s", async (NO_PROXY) => {
    await using aircall = await secureAircall();
    await using between = await proxy();
    await check(aircall.host, { HTTPS_PROXY: `http://${between.host}`, NO_PROXY });
    expect(between.targets.length).toBeGreaterThan(0);
  });

  test("is not asked for an http address of this machine, since it would see the key", async () => {
    const emulator = await startEmulator({ limit: null, account: { calls: 0 } });
    await using between = await proxy();
    const proxies = { HTTP_PROXY: `http://${between.host}`, HTTPS_PROXY: `http://${between.host}` };
    const env = { ...emulated(emulator.url), ...proxies };
    const ended = await spawnProgram(["check", "--streams", "tags"], env).ended;
    await emulator.close();
    expect(ended.exitCode).toBe(0);
    expect([between.targets, between.plain]).toEqual([[], []]);
  });

  test("and that is not there is named, without its password", async () => {
    const between = await proxy();
    await between[Symbol.asyncDispose]();
    const ended = await check("aircall.example", { HTTPS_PROXY: `http://${SPELT}@${between.host}` });
    expect(ended.stderr).toContain(`through the proxy ${between.host}: ECONNREFUSED`);
    expect(ended.stderr).toContain("Check the proxy, the network");
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(ended.stderr).not.toContain(secret);
    expect(ended.exitCode).toBe(1);
  });

  test.each([
    [407, /HTTP 407\. A proxy requires a user and a password\. Set HTTPS_PROXY/, 1],
    [403, /HTTP 403\. Ask the administrator of the proxy/, 1],
    [502, /HTTP 502 \(6 attempts failed\)/, 6],
  ])("and that answers %i is named, with the advice that fits", async (status, words, attempts) => {
    await using aircall = await secureAircall();
    await using between = await proxy(status);
    const ended = await check(aircall.host, { HTTPS_PROXY: `http://${between.host}` });
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toContain(`through the proxy ${between.host}`);
    expect(between.targets).toHaveLength(attempts);
    expect(ended.exitCode).toBe(1);
  });

  test("and that closes every connection is asked once with each attempt", async () => {
    let connections = 0;
    const server = createNetServer((socket) => {
      connections += 1;
      socket.on("error", () => {}).end();
    });
    await using between = await listen(server);
    const ended = await check("aircall.example", { HTTPS_PROXY: `http://${between.host}` });
    expect(ended.stderr).toContain(`through the proxy ${between.host}: ECONNRESET`);
    expect(connections).toBe(6);
  });

  test("does not accept a self-signed certificate", async () => {
    await using aircall = await secureAircall();
    await using between = await proxy();
    const env = { HTTPS_PROXY: `http://${between.host}`, NODE_EXTRA_CA_CERTS: "" };
    const ended = await check(aircall.host, { ...env, NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(ended.stderr).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/);
    expect(aircall.authorizations).toEqual([]);
  });

  test.each([
    "socks5://proxy.example:1080",
    "http://",
    "ftp://proxy.example",
    `http://a%b:${PASSWORD}@p.example`,
  ])("as %j is refused by the name of the variable", async (HTTPS_PROXY) => {
    const ended = await check("aircall.example", { HTTPS_PROXY });
    expect(ended.stderr).toMatch(/^error: .*HTTPS_PROXY must be/);
    expect(ended.stderr).not.toContain(PASSWORD);
    expect(ended.exitCode).toBe(1);
  });
});
