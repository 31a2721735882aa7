/** A phone number without its spacing, so that the display and E.164 forms compare equal. */
export function digitsOf(phoneNumber: string): string {
  return phoneNumber.replace(/\D/g, "");
}
