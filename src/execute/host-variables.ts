import type { FactStore } from '../model/fact-store.ts';
import type { ResultFields } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { isConnectionVariable } from './connection-variables.ts';
import { partlyKnown } from './partly-known.ts';
import type { ResultRecord } from './settled.ts';

/** What is known of one host at run time. Both layers are live: later facts and results show in them. */
export interface HostState {
  /** Gathered facts: all of them under `ansible_facts`, and each under its own name with `ansible_` before it. */
  readonly facts: VariableLayer;
  /** Registered results and values of `set_fact`. */
  readonly registered: VariableLayer;
  /** Rises whenever a variable changes that connections are made from. */
  readonly connectionEpoch: number;
}

/** Facts, registered results and `set_fact` values of all hosts of a run. Nothing in them is ever a template. */
export interface HostVariables {
  state(host: string): HostState;
  /** Stores gathered facts (names without `ansible_`). Those that would steer connections are only in `ansible_facts`. */
  addFacts(host: string, facts: ResultFields): void;
  /** Stores facts under the names that they have, those without `ansible_` too: of a module, or set to be kept. */
  addNamedFacts(host: string, facts: ResultFields): void;
  /** Stores values of `set_fact`. */
  setValues(host: string, values: ResultFields): void;
  /** Stores a step's result under its `register` name. */
  register(host: string, name: string, result: Value): void;
  /** Takes note that variables of these names have changed elsewhere: connections may be made from them. */
  changed(host: string, names: readonly string[]): void;
  /** Forgets gathered facts; `set_fact` values and registered results stay (`meta: clear_facts`). */
  clearFacts(host: string): void;
  /**
   * Marks variables whose values are unknown since a step was left out in check mode. Whoever reads one is told by
   * `takeUnknownRead`; where some of its fields are `known`, only who reads more than these.
   */
  markUnknown(host: string, names: readonly string[], step: string, known?: ResultRecord): void;
  /** The step whose unknown result was read since the last call, if any. */
  takeUnknownRead(): string | undefined;
}

type Values = Record<string, Value>;

interface MutableState extends HostState {
  readonly gathered: Values;
  /** All facts under the names that are kept from run to run. */
  readonly kept: Values;
  readonly factValues: Values;
  readonly registeredValues: Values;
  connectionEpoch: number;
}

/**
 * The run-time variables of a run's hosts.
 *
 * @param store Keeps facts from run to run: a host begins with what it has. Default: all hosts begin with none.
 */
export function createHostVariables(
  store?: Pick<FactStore, 'read' | 'write' | 'forget'> | undefined,
): HostVariables {
  const states = new Map<string, MutableState>();
  let unknownRead: string | undefined;
  const state = (host: string): MutableState => {
    const known = states.get(host);
    if (known !== undefined) return known;
    const made = newState();
    states.set(host, made);
    addNamedFacts(made, store?.read(host) ?? {});
    return made;
  };
  const keep = (host: string, name: string, value: Value) => {
    const target = state(host);
    // Not an assignment: what stands there may be the mark of an unknown value.
    Object.defineProperty(target.registeredValues, name, plain(value));
    if (isConnectionVariable(name)) target.connectionEpoch++;
  };
  return {
    state,
    addFacts: (host, facts) => {
      addFacts(state(host), facts);
      store?.write(host, state(host).kept);
    },
    addNamedFacts: (host, facts) => {
      addNamedFacts(state(host), facts);
      store?.write(host, state(host).kept);
    },
    setValues: (host, values) => {
      for (const [name, value] of Object.entries(values)) keep(host, name, value);
    },
    register: keep,
    changed: (host, names) => {
      if (names.some(isConnectionVariable)) state(host).connectionEpoch++;
    },
    clearFacts: (host) => {
      clearFacts(state(host));
      store?.forget(host);
    },
    markUnknown: (host, names, step, known) => {
      const note = () => {
        unknownRead ??= step;
      };
      for (const name of names) {
        const values = state(host).registeredValues;
        if (known !== undefined) {
          Object.defineProperty(values, name, plain(partlyKnown(known, note)));
          continue;
        }
        const before = values[name] ?? null;
        const get = () => {
          note();
          return before;
        };
        Object.defineProperty(values, name, { get, enumerable: true, configurable: true });
      }
      // Reading the values before was no reader's doing.
      unknownRead = undefined;
    },
    takeUnknownRead: () => {
      const read = unknownRead;
      unknownRead = undefined;
      return read;
    },
  };
}

function plain(value: Value): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

function newState(): MutableState {
  const gathered = emptyValues();
  const factValues = emptyValues();
  const registeredValues = emptyValues();
  factValues['ansible_facts'] = gathered;
  return {
    gathered,
    kept: emptyValues(),
    factValues,
    registeredValues,
    connectionEpoch: 0,
    facts: { source: 'facts', label: 'facts', values: factValues, templated: false },
    registered: {
      source: 'registered',
      label: 'registered results and set_fact',
      values: registeredValues,
      templated: false,
    },
  };
}

function emptyValues(): Values {
  // Names come from hosts: `__proto__` and the like must be names as any other.
  return Object.create(null);
}

function addFacts(state: MutableState, facts: ResultFields): void {
  for (const [name, value] of Object.entries(facts)) {
    const short = name.startsWith('ansible_') ? name.slice('ansible_'.length) : name;
    const long = `ansible_${short}`;
    state.gathered[short] = value;
    state.kept[unprefixed.has(short) ? short : long] = value;
    // Local facts keep their long name among the facts too.
    if (short === 'local') state.gathered[long] = value;
    // A host must not choose where its controller connects to, or as whom.
    if (!isConnectionVariable(long) && long !== 'ansible_facts') state.factValues[long] = value;
  }
}

/** Facts about the gathering itself. */
const unprefixed: ReadonlySet<string> = new Set(['gather_subset', 'module_setup']);

function addNamedFacts(state: MutableState, facts: ResultFields): void {
  for (const [name, value] of Object.entries(facts)) {
    const isPrefixed = name.startsWith('ansible_');
    state.gathered[isPrefixed ? name.slice('ansible_'.length) : name] = value;
    if (name === 'ansible_local') state.gathered[name] = value;
    state.kept[name] = value;
    if (!isConnectionVariable(name) && name !== 'ansible_facts') state.factValues[name] = value;
  }
}

function clearFacts(state: MutableState): void {
  for (const values of [state.gathered, state.kept])
    for (const name of Object.keys(values)) delete values[name];
  for (const name of Object.keys(state.factValues))
    if (name !== 'ansible_facts') delete state.factValues[name];
}
