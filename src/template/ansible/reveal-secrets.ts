import { Secret } from '../../model/value.ts';
import type { Datum, Run } from '../datum.ts';
import { dictEntries, isDict } from '../python/dict.ts';

/** A value with its secrets as their text, for a sink outside the language; what is made of it becomes secret. */
export function revealSecrets(run: Run, value: Datum): Datum {
  if (value instanceof Secret) return run.reveal(value);
  if (Array.isArray(value)) return value.map((item) => revealSecrets(run, item));
  if (!isDict(value)) return value;
  return new Map(
    dictEntries(value).map(([key, item]) => [revealSecrets(run, key), revealSecrets(run, item)]),
  );
}
