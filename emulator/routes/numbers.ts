import { renderNumber } from "../render/number.ts";
import { createdWithin, listStream, selectItems } from "./stream.ts";

export const numbers = listStream("numbers", {
  path: "/v1/numbers",
  key: "numbers",
  ordered: true,
  linked: true,
  select: ({ account }, query) =>
    selectItems(createdWithin(account.numbers.listed, query), (number) =>
      renderNumber(number, account.nowSeconds),
    ),
});
