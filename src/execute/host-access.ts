import type { Connections } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import { groupsOfHost } from '../model/inventory-graph.ts';
import type { PlanStep } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { ConnectionFlags } from '../model/run-options.ts';
import type { StepWork } from '../model/step-run.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { HostAccess } from './attempt.ts';
import { type Connection, readConnection } from './connection-settings.ts';
import { createSettingReader } from './connection-source.ts';
import { isConnectionVariable } from './connection-variables.ts';
import type { HostVariables } from './host-variables.ts';
import type { Redactor } from './redact.ts';
import type { StepScope } from './step-scope-port.ts';

/** What the ways to hosts are worked out from. */
export interface AccessSources {
  readonly inventory: Inventory;
  readonly connections: Connections;
  readonly flags: ConnectionFlags;
  readonly variables: HostVariables;
  readonly redactor: Redactor;
  /** Rises when the inventory has changed. */
  revision(): number;
  /** The step whose command is all that a host gets in this run. */
  readonly loneStep: PlanStep | undefined;
  /** The variables of a host in a step, lowest precedence first. */
  layersOf(work: StepWork, host: string): readonly VariableLayer[];
  /** The scope of a step as another host has it. */
  scopeOf(work: StepWork, host: string): StepScope;
}

/** Gives the way to a host for a step. A host's own connection is worked out again only where something differs. */
export function createHostAccess(
  sources: AccessSources,
): (work: StepWork, actsOn: string, scope: () => StepScope) => HostAccess {
  const known = new Map<string, Connection>();
  let revision = sources.revision();
  const signatures = new WeakMap<PlanStep, { readonly text: string | undefined }>();
  /** What a step adds to a connection; undefined where that has to be worked out each time. */
  const ofStep = (step: PlanStep): string | undefined => {
    const before = signatures.get(step);
    if (before !== undefined) return before.text;
    const keywords = step.layers.some(touchesConnection) ? undefined : signatureOf(step.keywords);
    const text = keywords === undefined ? undefined : `${step.play}\0${keywords}`;
    signatures.set(step, { text });
    return text;
  };
  return (work, actsOn, scope) => ({
    connections: sources.connections,
    isAlone: work.step === sources.loneStep,
    target: () => {
      if (revision !== sources.revision()) known.clear();
      revision = sources.revision();
      const own = actsOn === work.host;
      const signature = ofStep(work.step);
      const epoch = sources.variables.state(actsOn).connectionEpoch;
      const key = signature === undefined ? undefined : `${signature}\0${epoch}\0${actsOn}`;
      const cached = key === undefined ? undefined : known.get(key);
      if (cached !== undefined) return cached;
      const worked = workOut(sources, work, actsOn, own ? scope : () => sources.scopeOf(work, actsOn));
      if (key !== undefined && !worked.sawTemplate) known.set(key, worked.connection);
      return worked.connection;
    },
  });
}

/** The keywords that a connection depends on, as one text; undefined where one is more than a plain value. */
function signatureOf(keywords: Keywords): string | undefined {
  const values = connectionKeywords(keywords);
  if (values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return values.map((value) => `${typeof value} ${String(value)}`).join('\0');
}

function connectionKeywords(keywords: Keywords): readonly unknown[] {
  const { connection, remoteUser, port, become, becomeMethod, becomeUser, becomePassword } = keywords;
  const { becomeExe, becomeFlags } = keywords;
  const ofBecome = [become, becomeMethod, becomeUser, becomePassword, becomeExe, becomeFlags];
  return [connection, remoteUser, port, ...ofBecome];
}

function touchesConnection(layer: VariableLayer): boolean {
  return Object.keys(layer.values).some((name) => isConnectionVariable(name));
}

function workOut(
  sources: AccessSources,
  work: StepWork,
  host: string,
  scope: () => StepScope,
): { readonly connection: Connection; readonly sawTemplate: boolean } {
  const { inventory, flags, redactor } = sources;
  const found = inventory.hosts.get(host);
  const groups = groupsOfHost(inventory, host).map((group) => group.settings);
  // A host that a step is delegated to need not be in the inventory: then its name is its address.
  const isLocal = found === undefined ? isLoopbackName(host) : found.implicit === true;
  const reader = createSettingReader({
    hostName: host,
    layers: sources.layersOf(work, host),
    settings: Object.assign(isLocal ? { connection: 'local' } : {}, ...groups, found?.settings),
    defaults: inventory.defaults,
    keywords: work.step.keywords,
    flags,
    // What a step says of its delegate still calls the step's own host by `inventory_hostname`.
    render: (value, isOfStep) =>
      (isOfStep && host !== work.host ? scope().with({ inventory_hostname: work.host }) : scope()).value(
        value,
      ),
    remember: (secret) => redactor.add(secret),
  });
  const connection = readConnection(host, reader.read);
  return { connection, sawTemplate: reader.sawTemplate() };
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}
