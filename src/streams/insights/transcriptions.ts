import { anyOf, integer, isoInstant, list, number, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** What was said in a call or voicemail. Source: https://developer.aircall.io/api-references/#retrieve-a-transcription */
export const transcriptions = insightStream({
  name: "transcriptions",
  path: "transcription",
  envelope: "transcription",
  content: ["content.utterances"],
  events: ["transcription.created"],
  isAnnounced: true,
  canChange: false,
  isFromTranscript: false,
  isTranscript: true,
  title: "Transcription",
  properties: {
    id: anyOf(["integer", "string"], "ID of the transcription."),
    call_created_at: isoInstant("When the call was created."),
    type: text("What was transcribed: call or voicemail."),
    created_at: isoInstant("When the transcription was created."),
    content: object("What was said.", {
      language: text("IETF tag of the language that was spoken."),
      utterances: list(
        "What the participants said, in the order of the call.",
        object("What one participant said without a break.", {
          start_time: number("When the utterance began. Seconds after the start of the call."),
          end_time: number("When the utterance ended. Seconds after the start of the call."),
          text: text("The words."),
          participant_type: text("Who spoke: internal, external or ai_voice_agent."),
          user_id: integer("ID of the user, if one spoke."),
          phone_number: text("Phone number of the external participant, if one spoke."),
          ai_voice_agent_id: text("ID of the AI voice agent, if one spoke."),
        }),
      ),
    }),
  },
});
