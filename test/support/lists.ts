import type { ListedStreamName } from "../../src/streams/index.ts";

/** Where Aircall answers the rows of each stream, and under which key of the body. */
export const LIST_OF: Readonly<
  Record<ListedStreamName, { readonly path: string; readonly bodyKey: string }>
> = {
  calls: { path: "/v1/calls", bodyKey: "calls" },
  company: { path: "/v1/company", bodyKey: "company" },
  contacts: { path: "/v1/contacts", bodyKey: "contacts" },
  numbers: { path: "/v1/numbers", bodyKey: "numbers" },
  tags: { path: "/v1/tags", bodyKey: "tags" },
  teams: { path: "/v1/teams", bodyKey: "teams" },
  user_availablity: { path: "/v1/users/availabilities", bodyKey: "users" },
  users: { path: "/v2/users", bodyKey: "users" },
  webhooks: { path: "/v1/webhooks", bodyKey: "webhooks" },
};
