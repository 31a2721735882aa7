import type { AircallReader, Endpoint } from "../aircall/index.ts";

/** Reads the first page of a list. Resolves to the number of rows, if the API counts them there. */
export async function probeList(reader: AircallReader, endpoint: Endpoint): Promise<number | undefined> {
  for await (const { total } of reader.pages(endpoint)) return total;
  return undefined;
}
