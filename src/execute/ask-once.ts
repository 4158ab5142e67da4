import type { PlanStep } from '../model/plan.ts';
import type { StepWork } from '../model/step-run.ts';

/** Asks a person; undefined when nobody is there. */
export type Ask = (
  prompt: string,
  options: { readonly echo: boolean; readonly signal?: AbortSignal | undefined },
) => Promise<string | undefined>;

/** Asks for one instance of a step. Rejects when `signal` is aborted first. */
export type AskForWork = (
  work: StepWork,
  prompt: string,
  options: { readonly echo: boolean },
  signal: AbortSignal,
) => Promise<string | undefined>;

interface Question {
  readonly answer: Promise<string | undefined>;
  readonly withdraw: AbortController;
  /** How many instances still wait for the answer. */
  waiting: number;
}

/**
 * Asks each question of a step once for all hosts of a batch: the n-th question of one host is the n-th of all. Questions
 * of different steps come one after another. One that no instance waits for any more is withdrawn.
 */
export function askOnce(ask: Ask): AskForWork {
  const asked = new WeakMap<PlanStep, Map<string, Question>>();
  const counts = new WeakMap<PlanStep, Map<string, number>>();
  let last: Promise<unknown> = Promise.resolve();

  const pose = (prompt: string, echo: boolean): Question => {
    const withdraw = new AbortController();
    const answer = last.then(() =>
      withdraw.signal.aborted ? undefined : ask(prompt, { echo, signal: withdraw.signal }),
    );
    last = answer.catch(() => undefined);
    return { answer, withdraw, waiting: 0 };
  };
  return async (work, prompt, { echo }, signal) => {
    signal.throwIfAborted();
    const { step } = work;
    const group = groupOf(work);
    const number = count(counts, step, `${group} ${work.host}`);
    const questions = asked.get(step) ?? new Map<string, Question>();
    asked.set(step, questions);
    const key = `${group} ${number}`;
    const question = questions.get(key) ?? pose(prompt, echo);
    questions.set(key, question);
    question.waiting++;
    try {
      return await orAborted(question.answer, signal);
    } finally {
      question.waiting--;
      if (question.waiting === 0) question.withdraw.abort();
    }
  };
}

/** Hosts of one batch, and of one item of a parallel loop, share their questions. */
function groupOf({ node }: StepWork): string {
  const batch = 'batch' in node ? node.batch : 0;
  return node.kind === 'item' ? `${batch}.${node.index}` : `${batch}`;
}

function count(counts: WeakMap<PlanStep, Map<string, number>>, step: PlanStep, key: string): number {
  const known = counts.get(step) ?? new Map<string, number>();
  counts.set(step, known);
  const number = (known.get(key) ?? 0) + 1;
  known.set(key, number);
  return number;
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
