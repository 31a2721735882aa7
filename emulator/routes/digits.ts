/** The digits of a phone number, which are the same in display format and in E.164. */
export function digitsOf(phoneNumber: string): string {
  return phoneNumber.replace(/\D/g, "");
}
