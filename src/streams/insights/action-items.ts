import { anyOf, flag, integer, isoInstant, list, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/**
 * What is to be done after a call. People can edit the items, and no event says so. Source:
 * https://developer.aircall.io/api-references/#conversation-intelligence
 */
export const actionItems = insightStream({
  name: "action_items",
  path: "action_items",
  content: ["action_items"],
  events: ["action_item.created"],
  isAnnounced: true,
  canChange: true,
  isFromTranscript: true,
  title: "Action Items",
  properties: {
    action_items: list(
      "What is to be done. Empty if nothing is.",
      object("One action item.", {
        id: anyOf(["integer", "string"], "ID of the action item."),
        ai_generated: flag("Whether Aircall created the action item, rather than a user."),
        content: text("What is to be done."),
        created_at: isoInstant("When the action item was created."),
        created_by: integer("ID of the user who created the action item."),
        updated_at: isoInstant("When the action item was last edited."),
        updated_by: integer("ID of the user who last edited the action item."),
      }),
    ),
  },
});
