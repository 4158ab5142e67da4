/** What a symbolic mode is computed against. */
export interface ModeBase {
  /** Permission bits as they are. */
  readonly mode: number;
  readonly isDirectory: boolean;
  /** Applies to clauses that name no user: `+x`. */
  readonly umask: number;
}

const clausePattern = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const operationPattern = /([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g;
const setIdBits: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000 };
const shifts: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** Whether a text is a mode: octal digits, or symbolic clauses like `u=rwX,g-w,o=`. */
export function isMode(text: string): boolean {
  // The column of `ls -l` would read as clauses that take permissions away.
  if (/^[-dl][-rwxsStT]{9}$/.test(text)) return false;
  return (
    /^0?[0-7]{1,4}$|^0o[0-7]{1,4}$/.test(text) ||
    text.split(',').every((clause) => clausePattern.test(clause))
  );
}

/**
 * The permission bits (12 bits) that a mode parameter asks for. Clauses are carried out from left to right; `X` looks
 * at the bits before the first clause.
 *
 * @throws RangeError when the text is no mode.
 */
export function computeMode(text: string, base: ModeBase): number {
  if (!isMode(text)) throw new RangeError(`${JSON.stringify(text)} is no file mode`);
  if (/^[0-9]/.test(text)) return Number.parseInt(text.replace(/^0o/, ''), 8);
  let mode = base.mode & 0o7777;
  for (const clause of text.split(',')) {
    const [, who = '', operations = ''] = clausePattern.exec(clause) ?? [];
    const mask = who === '' ? ~base.umask : -1;
    const users = who === '' || who.includes('a') ? 'ugo' : who;
    for (const [, operator = '', letters = ''] of operations.matchAll(operationPattern))
      mode = applyOperation(mode, { users, operator, letters, mask, base });
  }
  return mode;
}

interface Operation {
  readonly users: string;
  readonly operator: string;
  readonly letters: string;
  readonly mask: number;
  readonly base: ModeBase;
}

function applyOperation(mode: number, { users, operator, letters, mask, base }: Operation): number {
  let bits = letters.includes('t') ? 0o1000 : 0;
  let field = users.includes('o') ? 0o1000 : 0;
  for (const user of users) {
    const shift = shifts[user] ?? 0;
    const setId = setIdBits[user] ?? 0;
    bits |= (permissionBits(letters, mode, base) << shift) | (letters.includes('s') ? setId : 0);
    // A directory keeps its set-group-ID bit under `g=`, as chmod has it.
    field |= (0o7 << shift) | (user === 'g' && base.isDirectory ? 0 : setId);
  }
  bits &= mask;
  if (operator === '+') return mode | bits;
  if (operator === '-') return mode & ~bits;
  return (mode & ~field) | bits;
}

function permissionBits(letters: string, mode: number, base: ModeBase): number {
  if (/^[ugo]$/.test(letters)) return (mode >> (shifts[letters] ?? 0)) & 0o7;
  let bits = 0;
  if (letters.includes('r')) bits |= 4;
  if (letters.includes('w')) bits |= 2;
  if (letters.includes('x')) bits |= 1;
  if (letters.includes('X') && (base.isDirectory || (base.mode & 0o111) !== 0)) bits |= 1;
  return bits;
}

/** A mode as Ansible returns it: four octal digits. */
export function formatMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
