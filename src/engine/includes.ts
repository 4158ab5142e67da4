import { dirname } from 'node:path';
import { createIncluder } from '../compile/includer.ts';
import { NameReader } from '../compile/names-read.ts';
import { compileTemplates } from '../compile/template-adapter.ts';
import { type Diagnostic, RunbookError } from '../model/diagnostic.ts';
import type { IncludedSteps, IncludeRequest } from '../model/include.ts';
import { formatPlace } from '../model/place.ts';
import type { PlanStep } from '../model/plan.ts';
import type { Step } from '../model/playbook.ts';
import type { Selection } from '../model/run-options.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { StepWork } from '../model/step-run.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { ScheduleIncluder } from '../schedule/options.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import type { ValidateOptions } from '../validate/context.ts';
import { type IncludedReading, readIncluded } from '../validate/read-included.ts';

/** What reading included files needs. */
export interface IncludeSources {
  readonly plan: RunPlan;
  readonly selection: Selection;
  readonly playbookDir: string;
  readonly validate: ValidateOptions;
  /** Finds what templates read. */
  readonly engine: TemplateEngine;
  /** Lets the steps behind on a host see variables of a role that was included as `public`. */
  expose(play: number, host: string, layers: readonly VariableLayer[]): void;
  /** Told once for each file or role. */
  warn(message: string): void;
}

/** Reads and compiles what steps include in a run. A request is read once for a step, however many hosts make it. */
export function createRunIncluder(sources: IncludeSources): ScheduleIncluder {
  const { plan, selection } = sources;
  const templates = compileTemplates(sources.engine);
  const reader = new NameReader(templates, sources.validate.modules);
  const includer = createIncluder(plan, selection, reader, templates);
  const readings = new Map<string, Promise<IncludedReading>>();
  const ran = new Set<string>();
  const reading = (step: PlanStep, request: IncludeRequest): Promise<IncludedReading> => {
    const { variables: _, ...source } = request;
    const key = `${step.index} ${JSON.stringify(source)}`;
    const known = readings.get(key) ?? readOne(sources, step, request);
    readings.set(key, known);
    return known;
  };
  return {
    load: async (work, requests) => {
      const loaded: IncludedSteps[] = [];
      for (const request of requests) {
        const included = await loadOne(sources, work, request, await reading(work.step, request));
        if (request.role?.allowDuplicates === false) {
          const mark = `${work.step.play} ${work.host} ${included.key}`;
          if (ran.has(mark)) continue;
          ran.add(mark);
        }
        loaded.push(included);
      }
      return loaded;
    },
    make: (site, included) => includer.include(site, included),
  };
}

async function readOne(
  { plan, playbookDir, validate, warn }: IncludeSources,
  step: PlanStep,
  request: IncludeRequest,
): Promise<IncludedReading> {
  const { reuse } = validate;
  const playFile = plan.plays[step.play]?.at.file;
  const playFolder = playFile === undefined ? undefined : reuse?.absolute(playFile);
  const read = await readIncluded(
    request,
    {
      at: step.action.type === 'module' ? step.action.at : step.at,
      kind: step.section === 'handlers' ? 'handler' : 'step',
      origin: step.origin,
      // An imported playbook may lie in another folder.
      playbookDir: playFolder === undefined ? playbookDir : dirname(playFolder),
      dialect: plan.plays[step.play]?.dialect ?? plan.dialect,
      collections: step.keywords.collections,
      declarations: plan.declarations,
      defaults: step.around?.moduleDefaults ?? {},
    },
    validate,
  );
  for (const one of read.diagnostics) if (one.severity === 'warning') warn(inWords(one));
  return read;
}

async function loadOne(
  { expose }: IncludeSources,
  { step, host }: StepWork,
  request: IncludeRequest,
  { step: block, handlers, layers, diagnostics }: IncludedReading,
): Promise<IncludedSteps> {
  const errors = diagnostics.filter((one) => one.severity === 'error');
  if (errors.length > 0) throw new RunbookError(errors);
  const { kind, name, variables, role } = request;
  if (role?.isPublic === true) expose(step.play, host, layers);
  const isPlain = Object.keys(variables).length === 0;
  const seen: VariableLayer = {
    source: 'include-params',
    label: `variables of ${name}`,
    values: variables,
    templated: false,
  };
  return {
    key: JSON.stringify([kind, name, role, variables], plain),
    label: kind === 'role' ? `role ${name}` : name,
    source: { kind, name: kind === 'role' ? name : (fileOf(block) ?? name) },
    item: step.keywords.loop === undefined ? undefined : variables[loopVarOf(step)],
    steps: block === undefined ? [] : [block],
    handlers: handlers === undefined ? [] : [handlers],
    layers: isPlain ? [] : [seen],
  };
}

/** The file that a block of included steps was read from, absolute. */
function fileOf(block: Step | undefined): string | undefined {
  return block?.action.type === 'block' ? block.action.reuse?.origin.file : undefined;
}

function loopVarOf({ keywords }: PlanStep): string {
  return keywords.loopControl?.loopVar ?? 'item';
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map ? [...value] : value;
}

function inWords({ at, message, code }: Diagnostic): string {
  return `${at === undefined ? '' : `${formatPlace(at)}: `}${message} (${code})`;
}
