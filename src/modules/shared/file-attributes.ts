import { z } from 'zod';
import { markParams } from './file-marks.ts';
import { computeMode, formatMode, isMode } from './file-mode.ts';
import type { FileState, Owner } from './file-state.ts';
import { booleanParam } from './param-types.ts';
import { optionalText } from './text-params.ts';

/**
 * A file mode as text: octal digits or symbolic clauses.
 *
 * @param words Further words that are allowed, such as `preserve`.
 */
export function modeParam(...words: readonly string[]) {
  return z
    .string({ error: (issue) => modeMessage(issue.input) })
    .nullable()
    .optional()
    .transform((value) => value ?? undefined)
    .refine((value) => value === undefined || words.includes(value) || isMode(value), {
      error: (issue) => modeMessage(issue.input),
    });
}

function modeMessage(found: unknown): string {
  if (typeof found !== 'number')
    return `${JSON.stringify(found)} is no file mode: write mode: '0644' or mode: u=rw,g=r,o=r`;
  // 420 is what YAML 1.1 makes of 0644; 644 is what YAML 1.2 makes of it.
  const digits = usualModes.has(found.toString(8)) ? found.toString(8) : String(found);
  return `the number ${found} is no file mode: write mode: '${digits.padStart(4, '0')}'`;
}

const usualModes: ReadonlySet<string> = new Set(
  '400 440 444 500 550 555 600 640 644 660 664 666 700 750 755 770 775 777'.split(' '),
);

/** Parameters of every module that writes a file. */
export const attributeParams = {
  mode: modeParam().describe("Permissions: octal digits ('0644') or symbolic clauses (u=rwX,g-w,o=)."),
  owner: optionalText().describe('Name or number of the user that owns the file.'),
  group: optionalText().describe('Name or number of the group of the file.'),
  unsafe_writes: booleanParam
    .default(false)
    .describe('Accepted for compatibility: a file that cannot be replaced is always written in place.'),
  ...markParams,
};

/** Which attributes a file is to have; what is undefined stays as it is. */
export interface AttributeWish {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Attributes that a file has or will have. */
export interface Attributes extends Partial<Owner> {
  readonly mode: number;
}

/** What has to be done for a wish, and what comes of it. */
export interface AttributeChange {
  readonly before: Attributes | undefined;
  readonly after: Attributes;
  readonly modeChanges: boolean;
  /** For chown: `user`, `user:group`, `:group`, or empty where nothing changes. */
  readonly chown: string;
}

/** Compares a wish with attributes as they are. */
export function compareAttributes(
  wish: AttributeWish,
  now: Attributes,
  about: { readonly isDirectory: boolean; readonly umask: number },
): AttributeChange {
  const mode = wish.mode === undefined ? now.mode : computeMode(wish.mode, { mode: now.mode, ...about });
  const newOwner =
    wish.owner !== undefined && !isSame(wish.owner, now.uid, now.owner) ? wish.owner : undefined;
  const newGroup =
    wish.group !== undefined && !isSame(wish.group, now.gid, now.group) ? wish.group : undefined;
  return {
    before: now,
    after: {
      mode,
      ...ownerFields(newOwner, now.uid, now.owner),
      ...groupFields(newGroup, now.gid, now.group),
    },
    modeChanges: mode !== now.mode,
    chown: `${newOwner ?? ''}${newGroup === undefined ? '' : `:${newGroup}`}`,
  };
}

/** What a new file or directory gets. */
export function attributesOfNew(
  wish: AttributeWish,
  state: FileState,
  kind: 'file' | 'directory',
): AttributeChange {
  const base = (kind === 'directory' ? 0o777 : 0o666) & ~state.umask;
  const about = { isDirectory: kind === 'directory', umask: state.umask };
  return { ...compareAttributes(wish, { mode: base, ...state.maker }, about), before: undefined };
}

function isSame(wish: string, id: number | undefined, name: string | undefined): boolean {
  return /^\d+$/.test(wish) ? Number(wish) === id : wish === name;
}

function ownerFields(
  wish: string | undefined,
  uid: number | undefined,
  owner: string | undefined,
): Partial<Owner> {
  if (wish === undefined)
    return { ...(uid === undefined ? {} : { uid }), ...(owner === undefined ? {} : { owner }) };
  return /^\d+$/.test(wish) ? { uid: Number(wish), owner: wish } : { owner: wish };
}

function groupFields(
  wish: string | undefined,
  gid: number | undefined,
  group: string | undefined,
): Partial<Owner> {
  if (wish === undefined)
    return { ...(gid === undefined ? {} : { gid }), ...(group === undefined ? {} : { group }) };
  return /^\d+$/.test(wish) ? { gid: Number(wish), group: wish } : { group: wish };
}

/** The fields of a result that tell attributes, as Ansible names them. Ids that are not known are left out. */
export function attributeFields(attributes: Attributes): Record<string, string | number> {
  const { mode, uid, gid, owner, group } = attributes;
  return {
    mode: formatMode(mode),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
}
