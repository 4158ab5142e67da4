/** The digits in which hashes of passwords are written, each for six bits. */
export const passwordDigits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number in these digits, the lowest six bits first. */
export function passwordBase64(value: number, characters: number): string {
  let text = '';
  for (let i = 0, rest = value; i < characters; i++, rest >>= 6) text += passwordDigits[rest & 63];
  return text;
}
