import type { Account } from "../account/account.ts";
import { type EmulatedStream, selectItems } from "./stream.ts";

export const company: EmulatedStream = {
  name: "company",
  rows: ({ account }) => selectItems([account], renderCompany),
  serve(app, { account }) {
    app.get("/v1/company", (context) => context.json({ company: renderCompany(account) }));
  },
};

function renderCompany(account: Account) {
  return { name: account.companyName, users_count: account.users.size, numbers_count: account.numbers.size };
}
