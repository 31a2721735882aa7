import { listStream, selectItems } from "./stream.ts";

/** The only list that ignores `order`: it is always ascending by ID. */
export const tags = listStream("tags", {
  path: "/v1/tags",
  key: "tags",
  ordered: false,
  linked: true,
  select: ({ account }) =>
    selectItems(account.tags.listed, ({ id, name, color, description }) => ({
      id,
      name,
      color,
      description,
    })),
});
