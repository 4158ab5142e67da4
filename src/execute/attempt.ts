import type {
  BecomeTarget,
  Connections,
  ConnectionTarget,
  HostRequest,
  Reply,
  Session,
} from '../model/host.ts';
import type { Diff, ModuleContext, ModuleResult, ModuleSpec, PlannedPath, Probe } from '../model/module.ts';
import type { StepControl } from '../model/step-run.ts';
import type { AttemptDeadline } from './deadline.ts';

/** How to reach the host that a step acts on. */
export interface HostAccess {
  readonly connections: Connections;
  /** Whether a command that the step runs is all that its host gets in this run. */
  readonly isAlone: boolean;
  /** Worked out when the first request is sent: a step that sends none needs no connection. */
  target(): { readonly target: ConnectionTarget; readonly become: BecomeTarget | undefined };
}

/** The way to the host for one attempt. Each request holds a fork while it is in flight, and nothing else does. */
export interface HostLink {
  send(request: HostRequest): Promise<Reply>;
}

/**
 * Opens the session when the first request is sent, within the fork of that request. A step in the background gives its
 * fork back when the session is open.
 */
export function createHostLink(
  access: HostAccess,
  control: StepControl,
  deadline: AttemptDeadline,
): HostLink {
  let opening: Promise<Session> | undefined;
  const open = (): Promise<Session> => {
    const { target, become } = access.target();
    return access.connections.session(target, become, deadline.signal);
  };
  const session = async (): Promise<Session> => {
    opening ??= open();
    const current = opening;
    try {
      return await current;
    } catch (error) {
      // A module that waits for its host tries again, and then needs a new one.
      if (opening === current) opening = undefined;
      throw error;
    }
  };
  const ask = async (opened: Session, request: HostRequest) => {
    try {
      return await within(request, (limited) => opened.run(limited, deadline.signal));
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const within = async (request: HostRequest, send: (limited: HostRequest) => Promise<Reply>) => {
    const reply = await deadline.during(request, send);
    if (reply.ended === 'timeout') deadline.expire();
    return reply;
  };
  const runAlone = (request: HostRequest): Promise<Reply> => {
    const { target, become } = access.target();
    const { connections } = access;
    return within(request, (limited) => connections.runAlone(target, become, limited, deadline.signal));
  };
  return {
    send: async (written) => {
      const { lostAfterMs } = control;
      const request = lostAfterMs === undefined ? written : { ...written, lostAfterMs };
      const isAlone = access.isAlone && request.type === 'exec' && opening === undefined;
      if (isAlone) return control.fork(() => runAlone(request));
      if (control.isBackground === true) return ask(await control.fork(session), request);
      return control.fork(async () => ask(await session(), request));
    },
  };
}

/**
 * Runs a module once. A probing module only looks in check mode; a change it plans is then its result, and `leave` is
 * told what it would leave on the host.
 */
export async function runModule(
  spec: ModuleSpec,
  params: unknown,
  context: ModuleContext,
  leave: (leaves: readonly PlannedPath[]) => void,
): Promise<ModuleResult> {
  if (spec.type === 'action') return spec.run(params, context);
  const prepared = await spec.prepare?.(params, context);
  const probe = spec.probe(params, context, prepared);
  const state = probe === undefined ? undefined : await look(probe, context, spec.name);
  const plan = spec.plan(params, state, context, prepared);
  if (plan.type === 'failed') return { changed: false, ...plan.result, failed: true, msg: plan.msg };
  if (plan.type === 'none') return { ...plan.result, changed: false, msg: plan.result?.msg ?? plan.reason };
  if (context.checkMode) {
    leave(plan.leaves ?? []);
    return { ...plan.result, changed: true };
  }
  const applied = await spec.apply(plan.change, context);
  return withPlanned(applied, plan.result);
}

/** Sends a probe and reads its answer; at most one further round. */
async function look(probe: Probe<unknown>, context: ModuleContext, module: string): Promise<unknown> {
  const first = probe.parse(await context.send(probe.request));
  if (!isProbe(first)) return first;
  const second = first.parse(await context.send(first.request));
  if (isProbe(second)) throw new Error(`the module ${module} asked for a third round of probing`);
  return second;
}

function isProbe(value: unknown): value is Probe<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'request' in value && 'parse' in value && typeof value.parse === 'function';
}

/** What was done, with what was planned where the deed says nothing of it. */
function withPlanned(
  applied: ModuleResult,
  planned: Omit<ModuleResult, 'changed'> | undefined,
): ModuleResult {
  if (planned === undefined) return applied;
  const diff: Diff | readonly Diff[] | undefined = applied.diff ?? planned.diff;
  return { ...planned, ...applied, diff, fields: { ...planned.fields, ...applied.fields } };
}
