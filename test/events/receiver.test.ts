import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { draws, isDeep } from "../support/draws.ts";
import { bodyOf, PATH, Port, requestText, send, statusOf, TOKEN, until } from "./port.ts";

const MIB = 2 ** 20;

/** A value that `JSON.stringify` could not write. */
const DEEP_BODY = bodyOf({ data: { id: 1, deep: 0 } }).replace(
  '"deep":0',
  `"deep":${"[".repeat(5_000)}1e999${"]".repeat(5_000)}`,
);

/** A delivery of exactly so many bytes. */
const bodyOfBytes = (bytes: number, token = TOKEN) => {
  const shortest = bodyOf({ token, data: { id: 1, text: "" } });
  return bodyOf({ token, data: { id: 1, text: "x".repeat(bytes - shortest.length) } });
};

const never = () => new Promise<void>(() => {});

describe("a request to the port", () => {
  test("with our path and token is answered with 200 when its event is stored", async () => {
    let store = () => {};
    const stored = new Promise<void>((resolve) => {
      store = resolve;
    });
    await using port = await Port.open({ accept: () => stored });
    let isAnswered = false;
    const answer = port.send().finally(() => {
      isAnswered = true;
    });
    await port.send({ method: "GET" });
    expect(isAnswered).toBe(false);
    store();
    expect(await answer).toMatchObject({ status: 200, text: '{"accepted":true}\n' });
    expect(port.receiver.counts).toEqual({ accepted: 1, health: 1 });
  });

  test("brings the event without its token", async () => {
    await using port = await Port.open();
    await port.send({ body: bodyOf({ data: { id: 7, name: "Ada" } }) });
    expect(port.accepted).toEqual([
      {
        ...{ event: "call.ended", resource: "call", timestamp: 1_790_000_000, data: { id: 7, name: "Ada" } },
        inexactFields: [],
      },
    ]);
  });

  test.each([
    ["a wrong token", { body: bodyOf({ token: TOKEN.replace("0", "1") }) }, 401, "wrongToken"],
    ["a shorter token", { body: bodyOf({ token: "0" }) }, 401, "wrongToken"],
    ["no token", { body: bodyOf({ token: undefined }) }, 401, "wrongToken"],
    ["a token that is a number", { body: bodyOf({ token: 7 }) }, 401, "wrongToken"],
    ["a list as body", { body: "[]" }, 401, "malformed"],
    ["a body that is not JSON", { body: "token=1" }, 401, "malformed"],
    ["no body", { body: "" }, 401, "malformed"],
    [
      "compressed JSON",
      { body: gzipSync(bodyOf()), headers: { "content-encoding": "gzip" } },
      401,
      "malformed",
    ],
    ["another path", { path: "/" }, 404, "unknownPath"],
    ["a part of the path", { path: PATH.slice(0, -1) }, 404, "unknownPath"],
    ["another path, for GET", { path: `${PATH}/more`, method: "GET" }, 404, "unknownPath"],
    ["another path, for DELETE", { path: "/x", method: "DELETE" }, 404, "unknownPath"],
    ["another method", { method: "PUT" }, 405, "wrongMethod"],
    ["more than 1 MiB", { body: bodyOfBytes(MIB + 1) }, 413, "tooLarge"],
    ["5 MiB", { body: bodyOfBytes(5 * MIB) }, 413, "tooLarge"],
    [
      "more than 1 MiB in chunks",
      { body: bodyOfBytes(MIB + 1), headers: { "transfer-encoding": "chunked" } },
      413,
      "tooLarge",
    ],
    ["a compressed flood", { body: gzipSync(Buffer.alloc(50 * MIB)) }, 401, "malformed"],
  ])("with %s is refused and counted", async (_, sent, status, counted) => {
    await using port = await Port.open();
    const answer = await port.send(sent);
    expect(answer.status).toBe(status);
    expect(port.receiver.counts).toEqual({ [counted]: 1 });
    expect(port.accepted).toEqual([]);
    expect((await port.send()).status).toBe(200);
  });

  test.each([
    ["1 MiB", { body: bodyOfBytes(MIB) }],
    ["1 MiB in chunks", { body: bodyOfBytes(MIB), headers: { "transfer-encoding": "chunked" } }],
    ["a query", { path: `${PATH}?from=here` }],
    ["another content type", { headers: { "content-type": "text/plain" } }],
    ["a body that waits for an invitation", { headers: { expect: "100-continue" } }],
    ["an expectation that there is not", { headers: { expect: "tea" } }],
  ])("with %s is accepted", async (_, sent) => {
    await using port = await Port.open();
    expect((await port.send(sent)).status).toBe(200);
    expect(port.accepted).toHaveLength(1);
  });

  test.each([
    ["no name", { event: undefined }],
    ["a name that is no text", { event: 7 }],
    ["no data", { data: undefined }],
    ["a list as data", { data: [] }],
    ["no timestamp", { timestamp: undefined }],
    ["a word as timestamp", { timestamp: "today" }],
    ["a timestamp beyond all years", { timestamp: 1e15 }],
    ["5,000 lists in each other", DEEP_BODY],
  ])("with our token and %s is answered with 200, counted and dropped", async (_, odd) => {
    await using port = await Port.open();
    const body = typeof odd === "string" ? odd : bodyOf(odd);
    expect((await port.send({ body })).status).toBe(200);
    expect(port.receiver.counts).toEqual({ odd: 1 });
    expect(port.accepted).toEqual([]);
  });

  test.each(["GET", "HEAD"])("with %s shows that the address reaches the port", async (method) => {
    await using port = await Port.open();
    const { status, text } = await port.send({ method });
    expect(status).toBe(200);
    expect(text).toBe(
      method === "HEAD" ? "" : "source-aircall receives events of Aircall at this address.\n",
    );
  });

  test("is to be sent again as long as our token is not known, unless it has none", async () => {
    await using port = await Port.open({ isToken: () => "unknown" });
    const answer = await port.send();
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
    expect((await port.send({ body: bodyOf({ token: undefined }) })).status).toBe(401);
  });

  test("is to be sent again if its event cannot be stored", async () => {
    await using port = await Port.open({ accept: () => Promise.reject(new Error("the disk is full")) });
    expect(await port.send()).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
    expect(port.receiver.counts).toEqual({ failed: 1 });
  });

  test("of any kind is answered without a version and without a redirect", async () => {
    await using port = await Port.open();
    for (const sent of [{}, { path: "/" }, { method: "GET" }, { method: "PUT" }, { body: "" }]) {
      const { status, headers } = await port.send(sent);
      expect(Math.floor(status / 100)).not.toBe(3);
      expect(Object.keys(headers)).not.toContain("server");
      expect(JSON.stringify(headers)).not.toMatch(/node|powered|\d+\.\d+\.\d+/i);
    }
  });

  test("with a large body is answered before the body has been read", async () => {
    await using port = await Port.open();
    const head = (path: string) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 * MIB}\r\n\r\n`;
    for (const [path, status] of [
      [PATH, 413],
      ["/", 404],
    ] as const) {
      const { socket } = port.dial(head(path));
      const answer = String(await new Promise((resolve) => socket.once("data", resolve)));
      expect(statusOf(answer)).toBe(status);
      socket.destroy();
    }
  });

  test("with a large body is answered even if the answer is read after all has been sent", async () => {
    await using port = await Port.open();
    const { socket, text } = port.dial();
    socket.pause();
    const bytes = requestText("x".repeat(8 * MIB));
    await new Promise((resolve) => socket.write(bytes, resolve));
    socket.resume();
    expect(statusOf(await text)).toBe(413);
  });

  test("with another path is read to its end, after which the connection is closed", async () => {
    await using port = await Port.open();
    const bytes = requestText(bodyOf(), "POST / HTTP/1.1\r\nhost: x\r\n");
    const { socket, text } = port.dial(bytes.slice(0, -1));
    await new Promise((resolve) => socket.once("data", resolve));
    socket.write(bytes.slice(-1));
    expect(statusOf(await text)).toBe(404);
  });

  test("by another way than the port gets the same answer", async () => {
    await using port = await Port.open();
    const { receiver } = port;
    const answerTo = async (method: string, path: string, body: string) =>
      (await receiver.receive({ method, path, body })).status;
    expect(await answerTo("POST", PATH, bodyOf())).toBe(200);
    expect(await answerTo("POST", "/", bodyOf())).toBe(404);
    expect(await answerTo("POST", PATH, bodyOf({ token: "x" }))).toBe(401);
    expect(await answerTo("POST", PATH, bodyOfBytes(MIB + 1))).toBe(413);
    expect(receiver.counts).toEqual({ accepted: 1, unknownPath: 1, wrongToken: 1, tooLarge: 1 });
  });
});

describe("within four seconds", () => {
  /** Lets almost four seconds pass, and returns what lets the rest pass. */
  const afterFourSeconds = async (port: Port) => {
    const startMs = port.clock.now();
    await port.clock.runUntil(startMs + 3_800);
    return () => port.clock.runUntil(startMs + 4_000);
  };

  test("an event that is not stored is to be sent again", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    let isAnswered = false;
    const answer = port.send().finally(() => {
      isAnswered = true;
    });
    await until(() => storing.length === 1);
    const end = await afterFourSeconds(port);
    await port.send({ method: "GET" });
    expect(isAnswered).toBe(false);
    await end();
    expect(await answer).toMatchObject({ status: 503, headers: { "retry-after": "10" } });
    storing[0]?.();
    expect(port.receiver.counts).toEqual({ health: 1, late: 1 });
  });

  test("an event that comes by another way is answered as well", async () => {
    await using port = await Port.open({ accept: never });
    const answer = port.receiver.receive({ method: "POST", path: PATH, body: bodyOf() });
    expect((await port.clock.runWhile(answer)).status).toBe(503);
  });

  test.each([
    ["bytes of a body", requestText(bodyOf()).slice(0, -1), 408],
    [
      "chunks of a body",
      `POST ${PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{"`,
      408,
    ],
    ["headers", `POST ${PATH} HTTP/1.1\r\nhost: `, 408],
    ["bytes of its first line", "PO", 408],
  ])("a request with slow %s is cut off", async (_, bytes, status) => {
    await using port = await Port.open();
    const slow = port.dial(bytes);
    await until(() => slow.socket.bytesWritten === bytes.length);
    await port.send({ method: "GET" });
    const end = await afterFourSeconds(port);
    await port.send({ method: "GET" });
    expect(slow.socket.closed).toBe(false);
    await end();
    await port.clock.runUntil(port.clock.now() + 1_000);
    expect(statusOf(await slow.text)).toBe(status);
    expect(port.receiver.counts).toEqual({ health: 2, slow: 1 });
  });

  test("a connection without a request is closed", async () => {
    await using port = await Port.open();
    const idle = port.dial();
    await idle.connected;
    await port.send({ method: "GET" });
    await port.clock.runUntil(port.clock.now() + 4_000);
    expect(statusOf(await idle.text)).toBe(408);
  });
});

describe("what is not quite HTTP", () => {
  test.each([
    ["header garbage", `POST ${PATH} HTTP/1.1\r\n\u0000\u0001: \u0002\r\n\r\n`, 400],
    ["two lengths", `POST ${PATH} HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 400],
    [
      "a length and chunks",
      `POST ${PATH} HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n`,
      400,
    ],
    ["a length that is no number", `POST ${PATH} HTTP/1.1\r\ncontent-length: many\r\n\r\n{}`, 400],
    ["headers of 100 KB", `POST ${PATH} HTTP/1.1\r\nx: ${"x".repeat(100_000)}\r\n\r\n`, 400],
    ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400],
    ["chunk garbage", `POST ${PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
  ])("is refused: %s", async (_, bytes, status) => {
    await using port = await Port.open();
    const dialled = port.dial(Buffer.from(bytes, "latin1"));
    await until(() => port.receiver.counts.malformed === 1);
    await port.clock.runUntil(port.clock.now() + 1_000);
    expect(statusOf(await dialled.text)).toBe(status);
    expect((await port.send()).status).toBe(200);
  });

  test("is served if it is HTTP/1.0, or has no host", async () => {
    await using port = await Port.open();
    for (const version of ["1.0", "1.1"]) {
      const dialled = port.dial(requestText(bodyOf(), `POST ${PATH} HTTP/${version}\r\n`));
      expect(statusOf(await dialled.text)).toBe(200);
    }
  });

  test.each([
    ["garbage", "\u0000\u0001\r\n\r\n"],
    ["another request", requestText(bodyOf())],
    ["ten requests", requestText(bodyOf()).repeat(10)],
  ])("%s after a request changes nothing, and is not served", async (_, rest) => {
    await using port = await Port.open();
    const dialled = port.dial(`${requestText(bodyOf())}${rest}`);
    const text = await dialled.text;
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    expect(text).toContain("connection: close");
    expect(port.receiver.counts).toEqual({ accepted: 1 });
  });

  test.each(["CONNECT x:1 HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])(
    "is closed: %j",
    async (bytes) => {
      await using port = await Port.open();
      await port.dial(bytes).text;
      expect(port.accepted).toEqual([]);
    },
  );

  test("is served if the client ends its half of the connection", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    const dialled = port.dial();
    dialled.socket.end(requestText(bodyOf()));
    await until(() => storing.length === 1);
    await port.send({ method: "GET" });
    storing[0]?.();
    expect(statusOf(await dialled.text)).toBe(200);
  });

  test.each(["", "POST ", requestText(bodyOf()).slice(0, -1)])(
    "is closed if the client ends its half of the connection too early: %j",
    async (bytes) => {
      await using port = await Port.open();
      const dialled = port.dial();
      dialled.socket.end(bytes);
      await until(() => dialled.socket.readableEnded);
      expect(await dialled.text).not.toContain("200");
      expect((await port.send()).status).toBe(200);
    },
  );

  test("more than ten requests after a request end the connection, and the event is stored", async () => {
    await using port = await Port.open({ accept: never });
    const { text } = port.dial(`${requestText(bodyOf())}${`GET ${PATH} HTTP/1.1\r\n\r\n`.repeat(100_000)}`);
    expect(await text).toBe("");
    await port.clock.runUntil(port.clock.now() + 4_000);
    expect(port.receiver.counts).toEqual({ late: 1 });
  });

  test("a connection that is opened and closed again is not counted", async () => {
    await using port = await Port.open();
    for (const close of ["destroy", "end", "resetAndDestroy"] as const) {
      const { socket, connected } = port.dial();
      await connected;
      socket[close]();
      await port.send();
    }
    await port.clock.runUntil(port.clock.now() + 5_000);
    expect(port.receiver.counts).toEqual({ accepted: 3 });
  });

  test("a connection that is cut within a body is no error", async () => {
    await using port = await Port.open();
    const dialled = port.dial(requestText(bodyOf()).slice(0, -1));
    await port.send({ method: "GET" });
    dialled.socket.resetAndDestroy();
    await until(() => port.receiver.counts.malformed === 1);
    expect((await port.send()).status).toBe(200);
  });

  test("a connection that is cut before its answer loses no event", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    const dialled = port.dial(requestText(bodyOf()));
    await until(() => storing.length === 1);
    dialled.socket.resetAndDestroy();
    await port.send({ method: "GET" });
    storing[0]?.();
    await until(() => port.receiver.counts.accepted === 1);
    expect(port.receiver.counts).toEqual({ accepted: 1, health: 1 });
  });
});

describe("beside a flood", () => {
  const open = (port: Port, connections: number, bytes: string) =>
    Array.from({ length: connections }, () => port.dial(bytes));

  test.each([
    ["201 slow connections", 201, ""],
    ["500 slow connections", 500, ""],
    ["300 slow headers", 300, `POST ${PATH} HTTP/1.1\r\nx: `],
    ["300 slow bodies", 300, requestText(bodyOf()).slice(0, -1)],
  ])("of %s an event is stored at once", async (_, connections, bytes) => {
    await using port = await Port.open();
    const slow = open(port, connections, bytes);
    await Promise.all(slow.map(({ connected }) => connected));
    expect((await port.send()).status).toBe(200);
    expect(port.accepted).toHaveLength(1);
    expect(port.receiver.counts.busy).toBeGreaterThanOrEqual(connections - 200);
    for (const { socket } of slow) socket.destroy();
  });

  test("of forged requests an event is stored, and the flood is one line of the log", async () => {
    await using port = await Port.open();
    const forgedRequests = draws(500, 2_000);
    const forged = { body: bodyOf({ token: "f".repeat(32) }) };
    const flood = Array.from({ length: forgedRequests }, (_, index) =>
      port.send(index % 2 ? forged : { path: `/${index}` }).then(({ status }) => status),
    );
    expect((await port.send()).status).toBe(200);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([401, 404]));
    expect(port.lines).toEqual([]);
    await port.clock.runUntil(port.clock.now() + 600_000);
    expect(port.lines).toEqual([
      {
        ...{ level: "warn", message: "requests to the port for events were not served" },
        fields: { wrongToken: forgedRequests / 2, unknownPath: forgedRequests / 2 },
      },
    ]);
  });

  test("of bodies that are not finished an event is stored, and the oldest of them go", async () => {
    await using port = await Port.open();
    const unfinished = requestText(bodyOfBytes(MIB)).slice(0, -1);
    const bodies = open(port, 20, unfinished);
    await until(() => port.receiver.counts.busy === 5);
    expect((await port.send()).status).toBe(200);
    await port.clock.runUntil(port.clock.now() + 5_000);
    const statuses = await Promise.all(bodies.map(async ({ text }) => statusOf(await text)));
    expect([statuses.at(0), statuses.at(-1)]).toEqual([503, 408]);
    expect(statuses.toSorted()).toEqual([...Array(15).fill(408), ...Array(5).fill(503)]);
    expect(port.receiver.counts).toEqual({ accepted: 1, busy: 5, slow: 15 });
  });

  test("of forged bodies of 1 MiB an event of as much is stored", async () => {
    await using port = await Port.open();
    const forged = { body: bodyOfBytes(MIB, "f".repeat(32)) };
    for (let time = 0; time < 20; time++) expect((await port.send(forged)).status).toBe(401);
    expect((await port.send({ body: bodyOfBytes(MIB) })).status).toBe(200);
  });

  test("of slow connections events that are being stored are not closed", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    const event = port.send();
    await until(() => storing.length === 1);
    const slow = open(port, 300, "");
    await until(() => port.receiver.counts.busy === 100);
    storing[0]?.();
    expect((await event).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });

  test("of events all are stored that come at once", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    const events = open(port, draws(400, 2_000), requestText(bodyOf()));
    await until(() => storing.length === events.length);
    // There is no room for one more than 2,000.
    if (isDeep) expect(await port.dial(requestText(bodyOf())).text).toBe("");
    expect(port.receiver.counts).toEqual(isDeep ? { busy: 1 } : {});
    for (const store of storing) store();
    for (const { text } of events) expect(statusOf(await text)).toBe(200);
  });

  test("of tiny chunks an event is stored, and the chunks count for what they take", async () => {
    await using port = await Port.open();
    const head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
    const tiny = port.dial(`${head}${"1\r\nx\r\n".repeat(70_000)}`);
    await until(() => port.receiver.counts.busy === 1);
    expect((await port.send()).status).toBe(200);
    tiny.socket.destroy();
  });

  test("of events that cannot be stored, further ones are to be sent again", async () => {
    const storing: (() => void)[] = [];
    const accept = () => new Promise<void>((resolve) => storing.push(resolve));
    await using port = await Port.open({ accept });
    const large = { body: bodyOfBytes(MIB) };
    const events = Array.from({ length: 15 }, () => port.send(large));
    await until(() => storing.length === 15);
    expect((await port.send(large)).status).toBe(503);
    expect(port.receiver.counts).toEqual({ busy: 1 });
    await port.clock.runUntil(port.clock.now() + 4_000);
    expect((await Promise.all(events)).map(({ status }) => status)).toEqual(Array(15).fill(503));
    // What is late is still being stored.
    expect((await port.send(large)).status).toBe(503);
    storing[0]?.();
    const answer = port.send(large);
    await until(() => storing.length === 16);
    storing[15]?.();
    expect((await answer).status).toBe(200);
  });
});

describe("the log", () => {
  test("has once that a number of an event is not kept", async () => {
    await using port = await Port.open();
    const body = bodyOf().replace('"id":1', '"id":90071992547409937');
    for (let time = 0; time < 2; time++) expect((await port.send({ body })).status).toBe(200);
    expect(port.lines.map(({ message }) => message)).toEqual([
      'The field "id" of call.ended has a number that a 64-bit float cannot hold exactly. It is captured as the nearest such number, or as null beyond the largest.',
    ]);
  });

  test("has what scanners of the network leave as a message, and nothing of events", async () => {
    await using port = await Port.open();
    await port.send();
    await port.send({ path: "/.env", method: "GET" });
    await port.clock.runUntil(port.clock.now() + 600_000);
    await port.send({ path: "/.git", method: "GET" });
    await port.clock.runUntil(port.clock.now() + 600_000);
    await port.clock.runUntil(port.clock.now() + 600_000);
    const line = { level: "info", message: "requests to the port for events were not served" };
    expect(port.lines).toEqual([
      { ...line, fields: { unknownPath: 1 } },
      { ...line, fields: { unknownPath: 1 } },
    ]);
  });
});

describe("the port", () => {
  test("that is in use is reported with what to do", async () => {
    await using port = await Port.open();
    const taken = Port.open({ port: port.receiver.port });
    await expect(taken).rejects.toThrow(ConfigError);
    await expect(taken).rejects.toThrow(
      `Port ${port.receiver.port}, at which events are received, is in use. Set AIRCALL_EVENTS_PORT to a free port, or stop the program that uses it.`,
    );
  });

  test("at an address of another machine is reported with what to do", async () => {
    await expect(Port.open({ host: "192.0.2.1" })).rejects.toThrow(
      "Port 0 at 192.0.2.1, at which events are received, cannot be opened (EADDRNOTAVAIL). Correct AIRCALL_EVENTS_PORT and AIRCALL_EVENTS_HOST.",
    );
  });

  test("answers what is under way when it closes, and does not wait for connections that hang", async () => {
    let begun = 0;
    const accept = () => {
      begun += 1;
      return never();
    };
    const port = await Port.open({ accept });
    const waiting = port.send();
    const hanging = [port.dial(), port.dial("POST "), port.dial(requestText(bodyOf()).slice(0, -1))];
    await until(() => begun === 1);
    await port.send({ method: "GET" });
    const number = port.receiver.port;
    await port.receiver.close();
    expect((await waiting).status).toBe(503);
    await Promise.all(hanging.map(({ text }) => text));
    expect(port.receiver.counts).toEqual({ health: 1, closing: 4 });
    await expect(send(number)).rejects.toThrow("ECONNREFUSED");
  });
});
