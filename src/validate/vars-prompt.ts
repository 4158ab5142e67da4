import { z } from 'zod';
import type { VariablePrompt } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { type Cursor, childOf, placeOf } from './cursor.ts';
import { flag, text, variableName, wholeNumber } from './scalars.ts';

const hashes = {
  sha512_crypt: 'sha512',
  sha512: 'sha512',
  sha256_crypt: 'sha256',
  sha256: 'sha256',
} as const;

const entry = z.strictObject(
  {
    name: variableName.describe('The variable that gets the answer.'),
    prompt: text.optional().describe('The question. Default: the name.'),
    default: z.unknown().optional().describe('The answer when nothing is typed, or nobody can be asked.'),
    private: flag.default(true).describe('Whether what is typed is hidden, and the answer is a secret.'),
    confirm: flag.default(false).describe('Whether it is asked for twice.'),
    encrypt: z
      .enum(['sha512_crypt', 'sha512', 'sha256_crypt', 'sha256'], {
        error: 'expected sha512_crypt or sha256_crypt',
      })
      .optional()
      .describe('Keep a hash for /etc/shadow in place of the answer.'),
    salt: z
      .string()
      .regex(/^[./0-9A-Za-z]{1,16}$/, { error: 'expected 1 to 16 characters out of ./0-9A-Za-z' })
      .optional()
      .describe('The salt of the hash. Default: a random one.'),
    salt_size: wholeNumber(1)
      .max(16, { error: 'expected at most 16' })
      .optional()
      .describe('Characters of the random salt. Default 16.'),
    unsafe: flag.default(false).describe('Whether {{ in the answer stays as it is.'),
  },
  { error: 'expected a mapping with `name`' },
);

/** `vars_prompt` of a play. */
export const varsPromptKeyword = z
  .array(entry, { error: 'expected a list of mappings, each with `name`' })
  .describe('Variables that are asked for at the terminal before the run. -e gives them without a question.');

/** The questions in one normal form. */
export function readVarsPrompt(
  entries: readonly z.output<typeof entry>[],
  cursor: Cursor,
): readonly VariablePrompt[] {
  return entries.map((one, index) => ({
    name: one.name,
    prompt: one.prompt ?? one.name,
    // Values come from the file as they are; zod has not looked at this one.
    default: one.default as Value | undefined,
    isPrivate: one.private,
    confirm: one.confirm,
    hash: one.encrypt === undefined ? undefined : hashes[one.encrypt],
    salt: one.salt,
    saltSize: one.salt_size ?? 16,
    isUnsafe: one.unsafe,
    at: placeOf(childOf(cursor, index)),
  }));
}
