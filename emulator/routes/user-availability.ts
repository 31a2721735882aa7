import { availabilityOf } from "../account/availability.ts";
import { createdWithin, listStream, selectItems } from "./stream.ts";

/** The misspelt name is the one this stream has had for years. */
export const userAvailability = listStream("user_availablity", {
  path: "/v1/users/availabilities",
  key: "users",
  ordered: true,
  linked: true,
  select: ({ account }, query) =>
    selectItems(createdWithin(account.users.listed, query), (user) => ({
      id: user.id,
      availability: availabilityOf(user, account.nowSeconds),
    })),
});
