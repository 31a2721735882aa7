import type { Account } from "../account/account.ts";
import type { Team } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import { directLink } from "../render/links.ts";
import { renderMember } from "../render/user.ts";
import { listStream, selectItems } from "./stream.ts";

export const teams = listStream("teams", {
  path: "/v1/teams",
  key: "teams",
  ordered: true,
  linked: true,
  select: ({ account }) => selectItems(account.teams.listed, (team) => renderTeam(team, account)),
});

function renderTeam(team: Team, account: Account) {
  const members = account.users.listed.filter(({ id }) => team.userIds.includes(id));
  return {
    id: team.id,
    direct_link: directLink(`/v1/teams/${team.id}`),
    name: team.name,
    created_at: isoDate(team.createdAtSeconds),
    users: members.map((user) => renderMember(user, account.nowSeconds)),
  };
}
