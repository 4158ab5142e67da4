import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import type { Sections } from './sections.ts';

/** `local`: what the `*.fact` files say: JSON, or INI with sections; else why they say nothing, as a text. */
export function localFacts(sections: Sections): ResultFields {
  const local = Object.fromEntries(
    sections.named('local:').map((name) => [name, localFact(name, sections)] as const),
  );
  return { local };
}

function localFact(name: string, sections: Sections): Value {
  const status = Number(sections.text(`localrc:${name}`) || 0);
  if (status === 137)
    return `Failure executing fact script (${name}.fact): it was ended, as it took too long`;
  if (status !== 0) return `Failure executing fact script (${name}.fact): rc ${status}`;
  const text = sections.text(`local:${name}`);
  try {
    // JSON.parse gives nothing but values of the template language.
    return JSON.parse(text) as Value;
  } catch {
    return iniSections(text) ?? `error loading facts as JSON or ini - please check content: ${name}.fact`;
  }
}

function iniSections(text: string): Record<string, Value> | undefined {
  const result: Record<string, Record<string, Value>> = {};
  let section: Record<string, Value> | undefined;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const head = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (head !== undefined) section = result[head] = {};
    else if (pair !== null && section !== undefined) section[(pair[1] ?? '').toLowerCase()] = pair[2] ?? '';
    else return undefined;
  }
  return result;
}
