import type { ViewSpec } from "../store/index.ts";
import { callComments, callDetails, callIvrChoices, callParticipants, callTags, callTeams } from "./calls.ts";
import { contactEmails, contactPhoneNumbers, numberUsers, teamUsers } from "./people.ts";
import { callUtterances, threadMessages } from "./words.ts";

/** The views that a store has beside its tables, in the order of the documentation. */
export const views: readonly ViewSpec[] = [
  callDetails,
  callTags,
  callComments,
  callTeams,
  callParticipants,
  callIvrChoices,
  contactPhoneNumbers,
  contactEmails,
  teamUsers,
  numberUsers,
  callUtterances,
  threadMessages,
];
