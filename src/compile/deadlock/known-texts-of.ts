import type { VariableLayer } from '../../model/variables.ts';
import type { CompileOptions } from '../compile-input.ts';
import type { Draft } from '../draft.ts';
import { KnownTexts } from './known-texts.ts';

/** Reads texts of a draft before the run. */
export function textsOf({ playbook, reader, known, fixed }: Draft, { engine }: CompileOptions): KnownTexts {
  const layersOf = (play: number): readonly VariableLayer[] => [
    ...playbook.layers,
    ...(playbook.plays[play]?.layers ?? []),
    ...fixed,
  ];
  return new KnownTexts({ engine, reader, known, layersOf });
}
