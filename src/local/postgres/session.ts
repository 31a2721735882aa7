import { randomUUID } from "node:crypto";
import { StoreError } from "../../errors.ts";
import type { StoreWorld } from "../store/index.ts";
import { type Client, connect, prepare } from "./connect.ts";
import { isLoss, isPassing, isStarting } from "./faults.ts";
import { ABOUT } from "./ownership.ts";
import type { Schema } from "./schema.ts";
import type { Settings } from "./settings.ts";
import { quoteTable } from "./sql.ts";
import { Trouble } from "./trouble.ts";
import { type Backend, backendOf, endBackend, lock } from "./writer-lock.ts";

/**
 * A connection to a schema of which it is the only writer. A connection that is lost is made again, and work that was
 * not committed is done again: the transactions of a session are numbered in the schema, so that it is known whether a commit whose
 * answer was lost has happened. Work is done one after another.
 */
export class Session {
  readonly #settings: Settings;
  readonly #schema: Schema;
  readonly #world: StoreWorld;
  readonly #writer = randomUUID();
  #client: Client | undefined;
  /** Of the last connection. */
  #backend: Backend | undefined;
  /** Of this session, as far as is known. */
  #commits = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(settings: Settings, schema: Schema, world: StoreWorld) {
    this.#settings = settings;
    this.#schema = schema;
    this.#world = world;
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
    await session.#persistently(isStarting, () => session.#connect());
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
      await this.#persistently(isPassing, async () => {
        const client = await this.#connected();
        // The answer to the commit was lost, and not the commit.
        if (this.#commits > before) return;
        await this.#transact(client, work);
      });
    });
  }

  /** Reads what is committed. */
  async read<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => this.#persistently(isPassing, async () => work(await this.#connected())));
  }

  /** Lets go of the schema. Closing again does nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    await this.#disconnect();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => {
      if (this.#isClosed) throw new StoreError(`${this.#schema.place} is closed.`);
      return work();
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Does the work again while it fails with a fault that may pass, for a few minutes. */
  async #persistently<Result>(
    mayPass: (cause: unknown) => boolean,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const trouble = new Trouble(this.#schema.place, this.#world);
    for (;;) {
      try {
        const result = await work();
        trouble.end();
        return result;
      } catch (cause) {
        if (isLoss(cause)) await this.#disconnect();
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
    await client.query(
      `UPDATE ${quoteTable(this.#schema.name, ABOUT)} SET writer = '${this.#writer}', commits = 0`,
    );
    await client.query("COMMIT");
  }

  /** The connection, made again if it was lost. The number of commits is then what the schema says. */
  async #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    const client = await this.#connect();
    const { rows } = await client.query(
      `SELECT commits FROM ${quoteTable(this.#schema.name, ABOUT)} WHERE writer = '${this.#writer}'`,
    );
    if (rows.length === 0) throw this.#takenOver();
    this.#commits = Number(rows[0].commits);
    return client;
  }

  async #connect(): Promise<Client> {
    const client = await connect(this.#settings);
    client.on("end", () => {
      if (this.#client === client) this.#client = undefined;
    });
    try {
      await prepare(client, this.#schema.place);
      if (this.#backend) await endBackend(client, this.#backend);
      await lock(client, this.#schema);
      this.#backend = await backendOf(client);
    } catch (cause) {
      await client.end().catch(() => undefined);
      throw cause;
    }
    this.#client = client;
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  #takenOver(): StoreError {
    return new StoreError(
      `${this.#schema.place} was written by another process while the connection was lost; stop that process and run again, which goes on from what is there now.`,
    );
  }
}
