import type { Dialect } from '../model/document.ts';
import type { PlanBlock, PlanStep } from '../model/plan.ts';
import type { Condition } from '../model/playbook.ts';
import { isValueMap, Secret, type Value, VaultText } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { type CompileTemplates, conditionText } from './compile-input.ts';
import { type FixedLayers, fixLayers, type KnownValues } from './known-values.ts';
import { type NameReader, textsOf } from './names-read.ts';
import type { SkipDecider } from './stamp.ts';

/** What deciding needs. */
export interface DecideContext {
  readonly engine: CompileTemplates;
  readonly reader: NameReader;
  readonly known: KnownValues;
  readonly hosts: readonly string[];
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
  /** Layers of the playbook and of each play, parameters and `-e`. */
  readonly layersOf: (play: number) => readonly VariableLayer[];
  /** The dialect of a play, by its index. */
  readonly dialectOf: (play: number) => Dialect;
}

/** The conditions of one step or block, and what was decided about them. */
interface Verdicts {
  readonly conditions: readonly Condition[];
  readonly dialect: Dialect;
  readonly layers: FixedLayers;
  /** By the values that the conditions read. */
  readonly byValues: Map<string, string | undefined>;
}

/** Text that asks for what only the run can tell, or gives another answer each time, though it reads no variable. */
const tellsLater =
  /\b(?:event_set|lookup|query|q|now|random|shuffle|exists|file|directory|link|mount|same_file|link_exists|vault|unvault|password_hash|state|queue|pool|omit)\b/;

/**
 * Decides `when` for each instance where all the names it reads are known before the run. Each distinct set of values
 * is evaluated once, whatever the number of hosts. A condition that fails is left to the run, which tells why.
 */
export class WhenDecider implements SkipDecider {
  readonly #context: DecideContext;
  readonly #steps: (Verdicts | undefined)[];
  readonly #blocks: (Verdicts | undefined)[];
  readonly #valueIds = new Map<unknown, number>();

  constructor(context: DecideContext) {
    this.#context = context;
    const prepare = (owner: PlanStep | PlanBlock): Verdicts | undefined => this.#prepare(owner);
    this.#steps = context.steps.map(prepare);
    this.#blocks = context.blocks.map(prepare);
  }

  ofStep(step: number, host: number): string | undefined {
    return this.#decide(this.#steps[step], host);
  }

  ofBlock(block: number, host: number): string | undefined {
    return this.#decide(this.#blocks[block], host);
  }

  #prepare(owner: PlanStep | PlanBlock): Verdicts | undefined {
    const conditions = (owner.keywords.when ?? []).filter((condition) => condition !== true);
    if (conditions.length === 0) return undefined;
    const layers = fixLayers([...this.#context.layersOf(owner.play), ...(owner.layers ?? [])]);
    return { conditions, dialect: this.#context.dialectOf(owner.play), layers, byValues: new Map() };
  }

  #decide(verdicts: Verdicts | undefined, hostIndex: number): string | undefined {
    if (verdicts === undefined) return undefined;
    const host = this.#context.hosts[hostIndex] ?? '';
    let key = '';
    const decidable: { condition: Condition; variables: Record<string, Value> }[] = [];
    for (const condition of verdicts.conditions) {
      const variables = this.#valuesFor(condition, host, verdicts.layers);
      if (variables === undefined) continue;
      decidable.push({ condition, variables });
      key += `${conditionText(condition)}\0`;
      for (const value of Object.values(variables)) key += `${this.#idOf(value)},`;
    }
    if (decidable.length === 0) return undefined;
    if (!verdicts.byValues.has(key))
      verdicts.byValues.set(key, this.#firstFalse(decidable, verdicts.dialect));
    return verdicts.byValues.get(key);
  }

  #firstFalse(
    decidable: readonly { condition: Condition; variables: Record<string, Value> }[],
    dialect: Dialect,
  ): string | undefined {
    const { engine } = this.#context;
    for (const { condition, variables } of decidable) {
      const text = conditionText(condition);
      try {
        if (condition === false || !engine.evaluateCondition(text, variables, dialect)) return text;
      } catch {
        return undefined;
      }
    }
    return undefined;
  }

  /** All values that a condition reads, through templates too; undefined where one of them is not known. */
  #valuesFor(condition: Condition, host: string, layers: FixedLayers): Record<string, Value> | undefined {
    const variables: Record<string, Value> = {};
    if (condition === false) return variables;
    if (tellsLater.test(conditionText(condition))) return undefined;
    const pending = [...this.#context.reader.ofCondition(condition)];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (Object.hasOwn(variables, name)) continue;
      const known = this.#context.known.lookUp(name, host, layers);
      if (known === undefined || !isPlain(known.value)) return undefined;
      variables[name] = known.value;
      for (const text of textsOf(known.value)) {
        if (tellsLater.test(text)) return undefined;
        pending.push(...this.#context.reader.ofTemplate(text));
      }
    }
    return variables;
  }

  #idOf(value: Value): number {
    const known = this.#valueIds.get(value);
    if (known !== undefined) return known;
    this.#valueIds.set(value, this.#valueIds.size);
    return this.#valueIds.size - 1;
  }
}

/** Whether a value holds nothing that has to be decrypted or kept secret. */
function isPlain(value: Value): boolean {
  if (value instanceof Secret || value instanceof VaultText) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (value instanceof Map) return [...value].every(([key, item]) => isPlain(key) && isPlain(item));
  return !isValueMap(value) || Object.values(value).every(isPlain);
}
