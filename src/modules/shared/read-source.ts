import type { ModuleContext } from '../../model/module.ts';

/** The content of a source file of the controller, decrypted where it is encrypted as a whole and `decrypt` asks for it. */
export async function readSource(
  path: string,
  decrypt: boolean,
  context: ModuleContext,
): Promise<{ readonly bytes: Buffer; readonly wasEncrypted: boolean }> {
  if (decrypt) return context.files.readPlain(path);
  return { bytes: await context.files.read(path), wasEncrypted: false };
}
