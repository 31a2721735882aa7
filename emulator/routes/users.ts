import { type Selection, UNKNOWN_ID } from "../envelope.ts";
import { renderUser } from "../render/user.ts";
import {
  createdWithin,
  type EmulatedStream,
  type Query,
  selectItems,
  serveList,
  type World,
} from "./stream.ts";

/** Users are served only under v2. The v1 endpoints for the list and a single user no longer exist. */
export const users: EmulatedStream = {
  name: "users",
  rows: listUsers,
  serve(app, world) {
    serveList(app, world, {
      key: "users",
      ordered: true,
      linked: true,
      path: "/v2/users",
      select: listUsers,
    });
    app.get("/v2/users/:id", (context) => {
      const idOrEmail = context.req.param("id");
      const user = world.account.users.listed.find(
        ({ id, email }) => String(id) === idOrEmail || email === idOrEmail,
      );
      if (user === undefined) return context.json(UNKNOWN_ID, 404);
      return context.json({ user: renderUser(user, world.account.nowSeconds) });
    });
  },
};

function listUsers({ account }: World, query: Query): Selection {
  return selectItems(createdWithin(account.users.listed, query), (user) =>
    renderUser(user, account.nowSeconds),
  );
}
