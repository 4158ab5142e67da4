import type { ModuleSpec } from '../../src/model/module.ts';
import { paramShapes } from '../../src/model/param-shapes.ts';
import { markdownTable, typeWords } from './markdown-table.ts';

/** The reference of all modules in Markdown. */
export function moduleReference(modules: readonly ModuleSpec[]): string {
  const list = modules.map((spec) => [`[${spec.name}](#${anchor(spec.name)})`, spec.summary]);
  const head = [
    '# Modules',
    '',
    'Written by `npm run gen`. `runbook doc MODULE` prints the same in a terminal.',
    '',
    markdownTable(['Module', 'What it does'], list),
  ].join('\n');
  return `${[head, ...modules.map(section)].join('\n\n')}\n`;
}

function anchor(name: string): string {
  return name.toLowerCase();
}

function section(spec: ModuleSpec): string {
  const parts = [`## ${spec.name}`, spec.summary];
  if (spec.aliases !== undefined)
    parts.push(`Also named ${spec.aliases.map((name) => `\`${name}\``).join(', ')}.`);
  if (spec.description !== undefined) parts.push(spec.description);
  if (spec.freeForm !== undefined) parts.push(`Text in place of a mapping is \`${spec.freeForm}\`.`);
  const rows = parameterRows(spec);
  if (rows.length > 0) parts.push(markdownTable(['Parameter', 'Takes', 'Default', 'Meaning'], rows));
  const returned = Object.entries(spec.returns ?? {}).map(([name, meaning]) => [`\`${name}\``, meaning]);
  if (returned.length > 0) parts.push(markdownTable(['Returns', 'Meaning'], returned));
  for (const { title, yaml } of spec.examples)
    parts.push(`${title}:`, `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``);
  return parts.join('\n\n');
}

function parameterRows(spec: ModuleSpec): readonly (readonly string[])[] {
  const { properties, required } = paramShapes(spec.params);
  return Object.entries(properties).map(([name, property]) => {
    const spellings = Object.entries(spec.paramAliases ?? {}).filter(([, target]) => target === name);
    const names = [name, ...spellings.map(([alias]) => alias)].map((one) => `\`${one}\``);
    const preset = property['default'];
    const fallback = required.has(name)
      ? 'required'
      : preset === undefined
        ? ''
        : `\`${JSON.stringify(preset)}\``;
    return [names.join(', '), typeWords(property), fallback, String(property['description'] ?? '')];
  });
}
