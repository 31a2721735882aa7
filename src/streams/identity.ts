import type { AircallReader } from "../aircall/index.ts";
import { UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { digest } from "./digest.ts";
import { presentDocument } from "./document.ts";
import { COMPANY } from "./snapshot.ts";
import { USERS } from "./users.ts";
import { isId } from "./values.ts";

/** Identifies a company, which has no ID and may change its name. */
export interface Company {
  readonly name: string;
  /**
   * The users of the first page as the state of the stream `users` has them, digests by ID; empty if they cannot be
   * read. Aircall gives out a user's ID once.
   */
  readonly users: Readonly<Record<string, string>>;
}

/** The reader of the users redacts what a capture of them would. */
export async function readCompany(reader: AircallReader, usersReader: AircallReader): Promise<Company> {
  const { company } = await reader.for("company of the key", "snapshot").get(COMPANY, {});
  const name = isJsonObject(company) ? String(company.name ?? "") : "";
  return { name, users: await firstUsers(usersReader.for("users of the company", "snapshot")) };
}

async function firstUsers(reader: AircallReader): Promise<Record<string, string>> {
  try {
    for await (const { rows } of reader.pages(USERS))
      return Object.fromEntries(
        rows.filter(hasId).map((user) => [String(user.id), digest(presentDocument(user))]),
      );
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
  }
  return {};
}

function hasId(row: unknown): row is JsonObject {
  return isJsonObject(row) && isId(row.id);
}
