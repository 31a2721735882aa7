/** What the user of the line says. */
export const USER_PHRASES = [
  "Thank you for calling, how can I help you today?",
  "Let me open your order, this takes a moment.",
  "I can see that the parcel has left our warehouse.",
  "I am sorry to hear that.",
  "Would you like a refund, or shall we send the chair again?",
  "I will send the invoice by email right after this call.",
  "Could you spell the name of the street for me, please?",
  "The price list on our website is the current one, and it holds until the end of the month.",
  "Yes, that is possible.",
  "I have written a note, and a colleague calls you back on Thursday.",
  "Is there anything else?",
  "The lamp comes with two bulbs, a cable of three meters, and a guarantee of five years.",
];

/** What the other party says. */
export const CALLER_PHRASES = [
  "Good morning, I have a question about my order.",
  "The delivery was announced for Tuesday, and nothing has come.",
  "No, not yet.",
  "I would prefer a refund.",
  "Could you send me the invoice again?",
  "The table is lovely, but one of its legs is shorter than the other three.",
  "That would be very kind of you.",
  "How much does the larger one cost, with delivery to the second floor?",
  "I am at home in the afternoon, from two o'clock on.",
  "All right, I will wait for the call.",
  "My neighbour has bought the same lamp, and hers is brighter.",
  "Thank you, goodbye.",
];

export const TOPICS = ["delivery", "refund", "invoice", "price", "guarantee", "appointment", "spare parts"];

export const SUMMARIES = [
  "The caller asked when the order arrives. The parcel is on its way.",
  "The caller wants a refund for a table. The user sends the form.",
  "The caller needs the invoice again. It is sent by email.",
  "The caller asked for prices. The user sends the price list.",
  "The caller wants to move an appointment. A colleague calls back.",
];

export const ACTION_ITEMS = [
  "Send the invoice again",
  "Call back on Thursday",
  "Send the form for the refund",
  "Ask the warehouse for the parcel",
  "Send the price list",
];
