import { StoreError } from "../../errors.ts";
import type { StoreWorld } from "../store/index.ts";
import { type Client, connect } from "./connect.ts";
import { isLoss, isPassing, isStarting } from "./faults.ts";
import { ABOUT } from "./ownership.ts";
import type { Schema } from "./schema.ts";
import type { Settings } from "./settings.ts";
import { quoteTable } from "./sql.ts";
import { Trouble } from "./trouble.ts";
import { type Backend, backendOf, endBackend, lock } from "./writer-lock.ts";

/** Before the server has made a name. */
const NO_WRITER = "00000000-0000-0000-0000-000000000000";

/** The connections that there are. One reads while the other one writes. */
interface Clients {
  writer?: Client;
  reader?: Client;
}

/**
 * A connection to a schema of which it is the only writer. A connection that is lost is made again, and work that was
 * not committed is done again: the transactions of a session are numbered in the schema, so that it is known whether a commit whose
 * answer was lost has happened. Work is done one after another.
 */
export class Session {
  readonly #settings: Settings;
  readonly #schema: Schema;
  readonly #world: StoreWorld;
  /** The name of this session, which the server has made. */
  #writer = NO_WRITER;
  readonly #clients: Clients = {};
  /** Of the last connection. */
  #backend: Backend | undefined;
  /** Of this session, as far as is known. */
  #commits = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #readTurn: Promise<unknown> = Promise.resolve();
  /** Ends what still waits for the server. */
  readonly #closing = new AbortController();

  private constructor(settings: Settings, schema: Schema, world: StoreWorld) {
    this.#settings = settings;
    this.#schema = schema;
    this.#world = { ...world, signal: AbortSignal.any([world.signal, this.#closing.signal]) };
  }

  /**
   * Connects, locks the schema against other writers, and claims it by `claim`, which runs inside a transaction. Rejects with what
   * the driver reports, or a `StoreError`.
   */
  static async open(
    settings: Settings,
    schema: Schema,
    world: StoreWorld,
    claim: (client: Client) => Promise<void>,
  ): Promise<Session> {
    const session = new Session(settings, schema, world);
    await session.#persistently({ mayPass: isStarting, drop: "writer" }, () => session.#connect());
    try {
      await session.#claim(claim);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Does the work in one transaction, again if the connection was lost. Throws what the work throws; nothing is changed then. */
  async transaction(work: (client: Client) => Promise<void>): Promise<void> {
    await this.#inTurn(async () => {
      const before = this.#commits;
      await this.#persistently({ mayPass: isPassing, drop: "writer" }, async () => {
        const client = await this.#connected();
        // The answer to the commit was lost, and not the commit.
        if (this.#commits > before) return;
        await this.#transact(client, work);
      });
    });
  }

  /** Reads what is committed, also while a transaction is under way. */
  async read<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const result = this.#after(this.#readTurn, () =>
      this.#persistently({ mayPass: isPassing, drop: "reader" }, async () => {
        return work(this.#clients.reader ?? (await this.#connectReader()));
      }),
    );
    this.#readTurn = result.catch(() => undefined);
    return result;
  }

  /** Lets go of the schema. Closing again does nothing. */
  async close(): Promise<void> {
    this.#closing.abort(new StoreError(`${this.#schema.place} is closed.`));
    await Promise.all([this.#turn, this.#readTurn]);
    for (const which of ["writer", "reader"] as const) await this.#drop(which);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#after(this.#turn, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #after<Result>(turn: Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
    return turn.then(() => {
      this.#closing.signal.throwIfAborted();
      return work();
    });
  }

  /** Does the work again while it fails with a fault that may pass, for a few minutes. */
  async #persistently<Result>(
    { mayPass, drop }: { mayPass: (cause: unknown) => boolean; drop: keyof Clients },
    work: () => Promise<Result>,
  ): Promise<Result> {
    const trouble = new Trouble(this.#schema.place, this.#world);
    for (;;) {
      try {
        const result = await work();
        trouble.end();
        return result;
      } catch (cause) {
        if (isLoss(cause)) await this.#drop(drop);
        if (!mayPass(cause)) throw cause;
        await trouble.wait(cause);
      }
    }
  }

  async #transact(client: Client, work: (client: Client) => Promise<void>): Promise<void> {
    try {
      await this.#begin(client);
      await work(client);
      await client.query("COMMIT");
    } catch (cause) {
      // Fails where the connection is lost, with which the server rolls back by itself.
      await client.query("ROLLBACK").catch(() => undefined);
      throw cause;
    }
    this.#commits += 1;
  }

  /** Counts the transaction in itself. Throws a `StoreError` if another writer has counted one since. */
  async #begin(client: Client): Promise<void> {
    const about = quoteTable(this.#schema.name, ABOUT);
    const results: unknown = await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
       UPDATE ${about} SET commits = ${this.#commits + 1} WHERE writer = '${this.#writer}' AND commits = ${this.#commits}`,
    );
    const [, { rowCount = 0 } = {}] = results as { rowCount?: number }[];
    if (rowCount !== 1) throw this.#takenOver();
  }

  async #claim(claim: (client: Client) => Promise<void>): Promise<void> {
    const client = await this.#connected();
    await client.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    await claim(client);
    const { rows } = await client.query(
      `UPDATE ${quoteTable(this.#schema.name, ABOUT)} SET writer = gen_random_uuid(), commits = 0 RETURNING writer`,
    );
    await client.query("COMMIT");
    this.#writer = rows[0].writer;
  }

  /** The connection, made again if it was lost. The number of commits is then what the schema says. */
  async #connected(): Promise<Client> {
    if (this.#clients.writer) return this.#clients.writer;
    const client = await this.#connect();
    const { rows } = await client.query(
      `SELECT commits FROM ${quoteTable(this.#schema.name, ABOUT)} WHERE writer = '${this.#writer}'`,
    );
    if (rows.length === 0) throw this.#takenOver();
    this.#commits = Number(rows[0].commits);
    return client;
  }

  async #connect(): Promise<Client> {
    const client = await connect(this.#settings, this.#schema.place);
    try {
      if (this.#backend) await endBackend(client, this.#backend);
      await lock(client, this.#schema, this.#backend);
      this.#backend = await backendOf(client);
    } catch (cause) {
      await client.end().catch(() => undefined);
      throw cause;
    }
    return this.#keep("writer", client);
  }

  async #connectReader(): Promise<Client> {
    return this.#keep("reader", await connect(this.#settings, this.#schema.place));
  }

  async #drop(which: keyof Clients): Promise<void> {
    const client = this.#clients[which];
    delete this.#clients[which];
    await client?.end().catch(() => undefined);
  }

  /** Forgets the connection when it ends. */
  #keep(which: keyof Clients, client: Client): Client {
    client.on("end", () => {
      if (this.#clients[which] === client) delete this.#clients[which];
    });
    this.#clients[which] = client;
    return client;
  }

  #takenOver(): StoreError {
    return new StoreError(
      `${this.#schema.place} was written by another process while the connection was lost; stop that process and run again, which goes on from what is there now.`,
    );
  }
}
