import { expect, test } from "vitest";
import { EndpointSchema } from "../../src/spec.ts";
import { fieldsIn, type JsonSchema } from "../support/json-schema.ts";
import { documentedPlugin, settingsInYaml } from "../support/meltano.ts";

test("docs/singer.md declares every setting to Meltano, and each secret as sensitive", () => {
  const declared = documentedPlugin()
    .split("\n")
    .filter((line) => line.startsWith("    - {name: "));
  expect(declared).toEqual(settingsInYaml());
  const secrets = fieldsIn(EndpointSchema as unknown as JsonSchema).filter(
    ([, { secret }]) => secret === true,
  );
  expect(secrets.length).toBeGreaterThan(2);
  for (const [path] of secrets) {
    const line = declared.find((one) => one.includes(`{name: ${path},`));
    expect(line).toContain("sensitive: true");
  }
});
