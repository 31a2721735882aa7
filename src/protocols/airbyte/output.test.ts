import { expect, test } from "vitest";
import {
  AccessRefused,
  BadRequest,
  ConfigError,
  CredentialsRefused,
  SourceUnavailable,
  UnexpectedAnswer,
} from "../../errors.ts";
import { Redactor } from "../../shared/redactor.ts";
import { errorTrace } from "./output.ts";

const redactor = new Redactor();

test.each([
  [new ConfigError("It is wrong."), "config_error"],
  [new CredentialsRefused("It is wrong."), "config_error"],
  [new AccessRefused("It is wrong."), "config_error"],
  [new SourceUnavailable("It is wrong."), "transient_error"],
  [new UnexpectedAnswer("It is wrong."), "system_error"],
  [new BadRequest("It is wrong."), "system_error"],
])("%s is told as a failure of the kind %s", (error, failure_type) => {
  const trace = {
    message: "It is wrong.",
    internal_message: `${error.name}: It is wrong.`,
    failure_type,
    stream_descriptor: { name: "calls" },
  };
  expect(errorTrace({ error, nowMs: 1, redactor, stream: "calls" })).toEqual({
    type: "TRACE",
    trace: { type: "ERROR", emitted_at: 1, error: trace },
  });
});

test("a defect is reported as one, without its stack", () => {
  const trace = errorTrace({ error: new TypeError("x is no function"), nowMs: 1, redactor });
  expect(trace).toMatchObject({
    trace: { error: { failure_type: "system_error", internal_message: "TypeError: x is no function" } },
  });
  expect(JSON.stringify(trace)).toContain("This is a defect of source-aircall:");
  expect(JSON.stringify(trace)).not.toContain("messages.test");
});
