import type {
  BecomeTarget,
  Connections,
  ConnectionTarget,
  HostRequest,
  Reply,
  Session,
} from '../../src/model/host.ts';

/** A reply as a test writes it. */
export interface ScriptedReply {
  readonly rc?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly ended?: Reply['ended'];
}

/** A request that reached a host, and as whom. */
export interface SeenRequest {
  readonly target: ConnectionTarget;
  readonly become: BecomeTarget | undefined;
  readonly request: HostRequest;
}

/** Answers a request, or throws the `HostError` that the host gives. */
export type Answer = (
  seen: SeenRequest,
  signal: AbortSignal | undefined,
) => ScriptedReply | Promise<ScriptedReply>;

/** Connections without a network: a function answers, and everything asked is kept. */
export interface FakeConnections extends Connections {
  readonly seen: SeenRequest[];
  readonly resets: string[];
}

/** Connections whose hosts all answer by `answer`; by default every request ends well without output. */
export function fakeConnections(answer: Answer = () => ({})): FakeConnections {
  const seen: SeenRequest[] = [];
  const resets: string[] = [];
  const session = (target: ConnectionTarget, become: BecomeTarget | undefined): Session => ({
    info: {
      user: become?.user ?? target.user ?? 'tester',
      home: '/home/tester',
      directory: '/tmp/rb',
      groupKill: true,
    },
    run: async (request, signal) => {
      const entry = { target, become, request };
      seen.push(entry);
      return toReply(await answer(entry, signal));
    },
  });
  return {
    seen,
    resets,
    session: async (target, become) => session(target, become),
    runAlone: (target, become, request, signal) => session(target, become).run(request, signal),
    stream: () => Promise.reject(new Error('no stream was expected')),
    isOpen: () => true,
    reset: async (host) => {
      resets.push(host);
    },
    close: async () => undefined,
  };
}

function toReply({ rc = 0, stdout = '', stderr = '', ended }: ScriptedReply): Reply {
  const output = (text: string) => ({ bytes: Buffer.from(text), size: Buffer.byteLength(text) });
  return { rc, stdout: output(stdout), stderr: output(stderr), ended };
}
