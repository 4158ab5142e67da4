import { Secret } from '../../model/value.ts';
import { isAbsent, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import type { EngineServices } from '../engine-types.ts';
import { type Native, native } from '../native.ts';
import { toText } from '../python/text.ts';

/** What the label of a text is that is encrypted without one. */
const defaultLabel = 'filter_default';

function vaultOf(run: Run, { vault }: EngineServices): NonNullable<EngineServices['vault']> {
  if (vault === undefined) throw run.fail('texts cannot be encrypted here');
  return vault;
}

/** The filters that encrypt a text by a password and decrypt it; what is decrypted is a secret. */
export function vaultFilters(services: EngineServices): Readonly<Record<string, Native>> {
  return {
    vault: native(
      'data, secret, salt?, vaultid?, wrap_object?',
      (run: Run, data: Datum, secret: Datum, salt?: Datum, label?: Datum) =>
        vaultOf(run, services).seal(
          textArgument(run, data, 'data'),
          textArgument(run, secret, 'secret'),
          isAbsent(label) ? defaultLabel : toText(run, label),
          isAbsent(salt) ? undefined : toText(run, salt),
        ),
    ),
    unvault: native('vault, secret, vaultid?', (run: Run, data: Datum, secret: Datum) => {
      const text = textArgument(run, data, 'vault');
      const password = textArgument(run, secret, 'secret');
      if (!text.startsWith('$ANSIBLE_VAULT;')) return text;
      try {
        return new Secret(vaultOf(run, services).open(text, password), 'unvault');
      } catch (error) {
        throw run.fail(`Unable to decrypt: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  };
}
