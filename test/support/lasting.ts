/** Fields of the moment of reading: state that is live, links that are signed anew, secrets that are dropped. */
const FIELD_OF_THE_MOMENT =
  /^(available|availability|availability_status|substatus|state|open|recording|voicemail|token|_meta)$/;

/** The value without the fields, at any depth, that another read of the account may have otherwise. */
export function lasting<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(lasting) as Value;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([field]) => !FIELD_OF_THE_MOMENT.test(field));
  return Object.fromEntries(kept.map(([field, nested]) => [field, lasting(nested)])) as Value;
}
