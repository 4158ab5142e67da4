/**
 * What became of a connection, in words. The library of cryptography has none for bytes that do not decrypt
 * (`error:…lib(0)…`).
 */
export function connectionTrouble(error: Error): string {
  return /^error:|invalid mac|unable to authenticate data|unsupported state/i.test(error.message)
    ? 'bytes were damaged on the way: they cannot be decrypted'
    : error.message;
}
