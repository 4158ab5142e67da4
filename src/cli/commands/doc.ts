import { moduleCatalogue } from '../../engine.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
import type { ModuleSpec } from '../../model/module.ts';
import { paramShapes } from '../../model/param-shapes.ts';
import { colourStyle, plainStyle, type Style, wantsColour } from '../../report/reporter.ts';

/** The parts of a JSON Schema that the page shows. */
interface Shape {
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[] | undefined;
  readonly default?: unknown;
  readonly description?: string | undefined;
  readonly items?: Shape | undefined;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'mapping',
  null: 'null',
};

function typeText(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map(String).join(' | ');
  if (shape.const !== undefined) return String(shape.const);
  if (shape.anyOf !== undefined) return choiceText(shape.anyOf.map(typeText));
  // A text may be written as a number or a boolean, and left empty where it may be left out.
  if (Array.isArray(shape.type) && shape.type.includes('string')) return 'text';
  if (typeof shape.type !== 'string') return 'anything';
  if (shape.type === 'array' && shape.items !== undefined && typeText(shape.items) !== 'anything')
    return `list of ${typeText(shape.items)}`;
  return typeWords[shape.type] ?? shape.type;
}

function choiceText(words: readonly string[]): string {
  return words.some((word) => word.startsWith('anything')) ? 'anything' : [...new Set(words)].join(' or ');
}

/** Breaks text into lines of at most `width` columns, each indented. */
function wrap(text: string, indent: number, width = 96): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((one) => `${' '.repeat(indent)}${one}`).join('\n');
}

function paramText(name: string, shape: Shape, spec: ModuleSpec, required: boolean, style: Style): string {
  const aliases = Object.entries(spec.paramAliases ?? {})
    .filter(([, target]) => target === name)
    .map(([alias]) => alias);
  const notes = [
    typeText(shape),
    ...(required ? ['required'] : []),
    ...(shape.default === undefined ? [] : [`default ${JSON.stringify(shape.default)}`]),
    ...(aliases.length === 0 ? [] : [`also ${aliases.join(', ')}`]),
  ];
  const head = `  ${style.bold(name)}  ${style.dim(`(${notes.join('; ')})`)}`;
  return shape.description === undefined ? head : `${head}\n${wrap(shape.description, 6)}`;
}

/** A module's page, from its schema. */
export function modulePage(spec: ModuleSpec, style: Style): string {
  const { properties, required } = paramShapes(spec.params);
  const parts = [`${style.bold(spec.name)}: ${spec.summary}`];
  if (spec.description !== undefined) parts.push(wrap(spec.description, 0));
  const params = Object.entries(properties).map(([name, shape]) =>
    paramText(name, shape, spec, required.has(name), style),
  );
  if (params.length > 0) parts.push(`${style.bold('Parameters')}\n${params.join('\n')}`);
  if (spec.freeForm !== undefined)
    parts.push(`Text in place of a mapping is read as \`${spec.freeForm}\`: ${spec.name}: …`);
  const returns = Object.entries(spec.returns ?? {}).map(
    ([name, meaning]) => `  ${style.bold(name)}\n${wrap(meaning, 6)}`,
  );
  if (returns.length > 0) parts.push(`${style.bold('Returns')}\n${returns.join('\n')}`);
  const examples = spec.examples.map(
    ({ title, yaml }) =>
      `  # ${title}\n${yaml
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}`,
  );
  parts.push(`${style.bold('Examples')}\n${examples.join('\n\n')}`);
  if (spec.type === 'action' && spec.checkMode === 'skip')
    parts.push('In check mode it is left out, unless the step says `check_mode: false`.');
  return `${parts.join('\n\n')}\n`;
}

/** `runbook doc [MODULE]`. */
export async function doc(name: string | undefined): Promise<number> {
  const catalogue = moduleCatalogue();
  const style = wantsColour(process.env, process.stdout.isTTY === true) ? colourStyle : plainStyle;
  if (name === undefined) {
    const specs = [...new Set(catalogue.values())].sort((a, b) => a.name.localeCompare(b.name));
    const width = Math.max(...specs.map((spec) => spec.name.length));
    process.stdout.write(
      `${specs.map((spec) => `${style.bold(spec.name.padEnd(width))}  ${spec.summary}`).join('\n')}\n`,
    );
    return 0;
  }
  const spec = catalogue.get(name.replace(/^(ansible\.(builtin|legacy|posix)|community\.general)\./, ''));
  if (spec === undefined)
    throw failure('RB204', `there is no module "${name}"${didYouMean(name, catalogue.keys())}`, {
      hint: 'runbook doc lists all modules',
    });
  process.stdout.write(modulePage(spec, style));
  return 0;
}
