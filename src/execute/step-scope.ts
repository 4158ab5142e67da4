import { failure } from '../model/diagnostic.ts';
import type { SharedValues } from '../model/step-coordination.ts';
import type { StepWork } from '../model/step-run.ts';
import type { Value, VaultText } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import { LazyMapping } from '../template/lazy-mapping.ts';
import { omitMark } from '../template/omit.ts';
import { bindScope, type ScopeTools } from './bound-scope.ts';
import { createLookupContext, type LookupHost } from './lookup-context.ts';
import type { LookupContext } from './lookups/lookup.ts';
import { stepMagic } from './magic-variables.ts';
import { type Decrypt, readableValue } from './readable-value.ts';
import { createScopeLayers, type LayerSources, magicLayer, type ScopeLayers } from './scope-layers.ts';
import { sharedMagic } from './shared-magic.ts';
import type { StepScope } from './step-scope-port.ts';
import { type ReadVarsFile, readDynamicVarsFiles } from './vars-files.ts';

/** What the scopes of steps are made from. */
export interface ScopeSources extends LayerSources, LookupHost {
  readonly engine: TemplateEngine;
  readonly readVarsFile: ReadVarsFile | undefined;
  readonly decrypt: Decrypt;
  readonly shared: SharedValues | undefined;
  /** Whether what templates of Ansible's dialect make stays text where it looks like data. */
  readonly keepsTexts: boolean;
}

/** Makes the scopes of a run's steps. Making one costs a list of layers; a name costs something when it is read. */
export interface StepScopes {
  /** Reads `vars_files` with templated names, once for a host and play; undefined when there are none left to read. */
  prepare(work: StepWork): Promise<void> | undefined;
  /** The scope of a step as a host has it. */
  scope(work: StepWork, host: string): StepScope;
  /** What holds for the run as a whole: variables of the playbook, params and `-e`. */
  runScope(): StepScope;
  /** Gives a host variables of a file, for the rest of the run. */
  include(host: string, values: Readonly<Record<string, Value>>): void;
  /** To be called when the inventory has changed. */
  inventoryChanged(): void;
  /** Lets the steps of a play see further variables on a host. */
  expose(play: number, host: string, layers: readonly VariableLayer[]): void;
  /** The layers that connections of a host are read from: all but what a scope adds for reading. */
  connectionLayers(work: StepWork, host: string): readonly VariableLayer[];
  lookupContext(scope: StepScope): LookupContext;
  isOmitted(value: Value): boolean;
}

/** Makes the scopes of a run. */
export function createStepScopes(sources: ScopeSources): StepScopes {
  const { plan, engine } = sources;
  const tools = scopeTools(sources);
  const layers = createScopeLayers(sources, tools.decrypt);
  const magic: Readonly<Record<string, () => LazyMapping>> = {
    hostvars: () => hostVariablesOfAll(sources, layers, magic),
    ...sharedMagic(plan.declarations, sources.shared),
  };
  const scope = (work: StepWork, host: string) => {
    const ofStep = magicLayer(stepMagic(work, plan.plays[work.step.play]));
    const all = [layers.lowest(host), ...layers.ofStep(work.step, host), ofStep];
    const anyTextHolds = plan.plays[work.step.play]?.dialect === 'ansible';
    const textsAsData = anyTextHolds && !sources.keepsTexts;
    const made = bindScope(tools, engine.createScope({ layers: all, magic, textsAsData }), { anyTextHolds });
    return work.locals === undefined ? made : made.with(Object.fromEntries(work.locals));
  };
  return {
    scope,
    runScope: () => bindScope(tools, engine.createScope({ layers: layers.ofRun() })),
    connectionLayers: (work, host) => layers.ofStep(work.step, host),
    inventoryChanged: layers.inventoryChanged,
    include: layers.include,
    expose: layers.addDynamic,
    isOmitted: (value) => value === omitMark,
    lookupContext: (stepScope) => createLookupContext(sources, stepScope),
    prepare: (work) => {
      const { step, host } = work;
      const entries = plan.plays[step.play]?.dynamicVarsFiles;
      if (entries === undefined || entries.length === 0 || layers.hasDynamic(step.play, host))
        return undefined;
      // Names of files are made from facts, which this step is about to gather.
      if (step.section === 'facts') return undefined;
      return readVarsFiles(entries, scope(work, host), sources).then((read) =>
        layers.setDynamic(step.play, host, read),
      );
    },
  };
}

function scopeTools({
  engine,
  redactor,
  variables,
  mode,
  decrypt,
}: ScopeSources): ScopeTools & { decrypt: Decrypt } {
  const known = (text: VaultText, name?: string) => {
    const secret = decrypt(text, name);
    redactor.add(secret);
    return secret;
  };
  return {
    engine,
    decrypt: known,
    reveal: (secret) => redactor.reveal(secret),
    readable: (value) => readableValue(value, known),
    takeUnknownRead: mode.check ? variables.takeUnknownRead : undefined,
  };
}

/** `hostvars`: of each host what the inventory, its facts and its results give, and what holds for every play. */
function hostVariablesOfAll(
  { engine, inventory, plan, keepsTexts }: ScopeSources,
  layers: ScopeLayers,
  magic: Readonly<Record<string, () => LazyMapping>>,
): LazyMapping {
  return new LazyMapping({
    get: (host) => {
      if (!inventory.hosts.has(host)) return undefined;
      const textsAsData = plan.dialect === 'ansible' && !keepsTexts;
      const scope = engine.createScope({ layers: layers.ofHost(host), magic, textsAsData });
      return new LazyMapping({
        get: (name) => scope.get(name),
        keys: () => scope.names(),
        has: (name) => scope.has(name),
      });
    },
    keys: () =>
      [...inventory.hosts.values()].filter((host) => host.implicit !== true).map((host) => host.name),
    has: (host) => inventory.hosts.has(host),
  });
}

async function readVarsFiles(
  entries: readonly Value[],
  scope: StepScope,
  { readVarsFile, projectDir }: ScopeSources,
): Promise<readonly VariableLayer[]> {
  if (readVarsFile === undefined)
    throw failure('RB132', 'vars_files with templates in their names cannot be read here');
  return readDynamicVarsFiles(entries, scope, projectDir, readVarsFile);
}
