import { isValueMap, Secret, type Value, VaultText } from '../../model/value.ts';
import type { VariableLayer } from '../../model/variables.ts';
import type { CompileTemplates } from '../compile-input.ts';
import { isTemplate } from '../is-template.ts';
import { type FixedLayers, fixLayers, type KnownValues } from '../known-values.ts';
import { type NameReader, textsOf } from '../names-read.ts';

/** What reading texts before the run needs. */
export interface KnownTextsContext {
  readonly engine: CompileTemplates;
  readonly reader: NameReader;
  readonly known: KnownValues;
  /** Layers of the playbook and of a play, parameters and `-e`. */
  readonly layersOf: (play: number) => readonly VariableLayer[];
}

/** Someone whose texts are read: a step, a block or a play. */
export interface TextOwner {
  readonly play: number;
  readonly layers?: readonly VariableLayer[] | undefined;
}

/** Renders texts whose every name is known before the run. */
export class KnownTexts {
  readonly #context: KnownTextsContext;
  readonly #layers = new Map<TextOwner, FixedLayers>();

  constructor(context: KnownTextsContext) {
    this.#context = context;
  }

  /** The text as it will be on a host, or undefined where only the run can tell. */
  read(text: string, owner: TextOwner, host: string): string | undefined {
    if (!isTemplate(text)) return text;
    const variables = this.#valuesFor(text, this.#layersOf(owner), host);
    if (variables === undefined) return undefined;
    try {
      const value = this.#context.engine.renderNative(text, variables);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    } catch {
      // What is wrong with the text is told by those who use it.
      return undefined;
    }
  }

  #layersOf(owner: TextOwner): FixedLayers {
    const known = this.#layers.get(owner);
    if (known !== undefined) return known;
    const fixed = fixLayers([...this.#context.layersOf(owner.play), ...(owner.layers ?? [])]);
    this.#layers.set(owner, fixed);
    return fixed;
  }

  #valuesFor(text: string, layers: FixedLayers, host: string): Record<string, Value> | undefined {
    const { reader, known } = this.#context;
    const variables: Record<string, Value> = {};
    if (asksTheRun.test(text)) return undefined;
    const pending = [...reader.ofTemplate(text)];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (Object.hasOwn(variables, name)) continue;
      const found = known.lookUp(name, host, layers);
      if (found === undefined || !isPlain(found.value)) return undefined;
      variables[name] = found.value;
      for (const inner of textsOf(found.value)) {
        if (asksTheRun.test(inner)) return undefined;
        pending.push(...reader.ofTemplate(inner));
      }
    }
    return variables;
  }
}

/** Text that gives another answer each time, or one that only the controller's files can tell. */
const asksTheRun = /\b(?:lookup|query|q|now|random|shuffle|state|queue|pool|vault|unvault|password_hash)\b/;

function isPlain(value: Value): boolean {
  if (value instanceof Secret || value instanceof VaultText) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (value instanceof Map) return [...value].every(([key, item]) => isPlain(key) && isPlain(item));
  return !isValueMap(value) || Object.values(value).every(isPlain);
}
