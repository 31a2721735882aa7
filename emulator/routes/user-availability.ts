import { availabilityOf } from "../account/availability.ts";
import { createdWithin, listStream, selectItems } from "./stream.ts";

/** The name of the stream is misspelled. It stays so because existing captures use it. */
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
