import { renderMessage } from "../render/message.ts";
import { type EmulatedStream, selectItems } from "./stream.ts";

/** No endpoint lists messages: only events have them. The truth is what all events of a message add up to. */
export const messages: EmulatedStream = {
  name: "messages",
  rows: ({ account, options }) =>
    selectItems(account.messages.listed, (message) =>
      renderMessage(message, account, options.clock.now(), options.events),
    ),
  serve() {},
};
