import { expect, test } from "vitest";
import { deletionDocument, presentDocument } from "./document.ts";

test("a row keeps every field it came with and says that it is present", () => {
  const row = {
    id: 1,
    unheard_of: { deep: [null, { at: 1.5 }] },
    token_count: 3,
    hash: "kept",
    intercom_id: 7,
  };
  expect(presentDocument(structuredClone(row))).toEqual({ ...row, _meta: { op: "u" } });
});

test("secrets of users are dropped, however deep they lie", () => {
  const secrets = {
    authentication_token: "secret",
    intercom_hash: "secret",
    intercom_android_hash: "secret",
    intercom_ios_hash: "secret",
    is_admin: true,
  };
  const leaking = () => ({ name: "Ada", ...secrets });
  const row = {
    id: 1,
    ...secrets,
    transferred_by: leaking(),
    tags: [{ tagged_by: leaking() }, [leaking()]],
  };
  expect(presentDocument(row)).toEqual({
    id: 1,
    transferred_by: { name: "Ada" },
    tags: [{ tagged_by: { name: "Ada" } }, [{ name: "Ada" }]],
    _meta: { op: "u" },
  });
});

test("the secret fields of a stream are dropped where they are fields of the row itself", () => {
  const row = { id: 1, token: "secret", tags: [{ token: "kept" }] };
  expect(presentDocument(row, ["token", "absent"])).toEqual({
    id: 1,
    tags: [{ token: "kept" }],
    _meta: { op: "u" },
  });
});

test("half of an emoji, wherever it lies, is no reason for a reader to refuse the row", () => {
  const row = { id: 1, comment: "fine \ud83d", tags: [{ name: "\ude00 and \ud83d\ude00" }, "\ud83d"] };
  expect(presentDocument(row)).toEqual({
    id: 1,
    comment: "fine \ufffd",
    tags: [{ name: "\ufffd and \ud83d\ude00" }, "\ufffd"],
    _meta: { op: "u" },
  });
});

test("half of an emoji in the name of a field takes no value of another field", () => {
  const row = JSON.parse('{"id":1,"\\ud83d":1,"\ufffd":2,"\\ud83e":{"\\ude00":"\\ud83d"}}');
  expect(presentDocument(row)).toEqual({
    id: 1,
    "\ufffd": 2,
    "\ufffd\ufffd": 1,
    "\ufffd\ufffd\ufffd": { "\ufffd": "\ufffd" },
    _meta: { op: "u" },
  });
});

test("a deletion is the key and nothing else", () => {
  expect(deletionDocument("name", "Acme")).toEqual({ name: "Acme", _meta: { op: "d" } });
});
