import { type PlanStep, stepTitle } from '../model/plan.ts';
import type { RunStep, StepOutcome, StepWork } from '../model/step-run.ts';
import type { Ask } from './ask-once.ts';

type Answer = 'yes' | 'no' | 'continue';

const left: StepOutcome = { outcome: 'skipped', msg: 'left out: the answer was no', notify: [] };

/**
 * Asks before each step whether it shall run, once for all its hosts; questions come one after another. After
 * `continue` nothing more is asked. No answer means no, as the end of the input does.
 */
export function confirmSteps(runStep: RunStep, ask: Ask): RunStep {
  const answers = new Map<PlanStep, Promise<Answer>>();
  let goesOn = false;
  let last: Promise<unknown> = Promise.resolve();
  const pose = async (step: PlanStep, signal: AbortSignal): Promise<Answer> => {
    if (goesOn || signal.aborted) return 'yes';
    const prompt = `Run ${stepTitle(step)}? (N)o/(y)es/(c)ontinue:`;
    const answer = readAnswer(await ask(prompt, { echo: true, signal }));
    goesOn ||= answer === 'continue';
    return answer;
  };
  const answerFor = ({ step }: StepWork, signal: AbortSignal): Promise<Answer> => {
    const known = answers.get(step);
    if (known !== undefined) return known;
    const answer = last.then(() => pose(step, signal));
    last = answer.catch(() => undefined);
    answers.set(step, answer);
    return answer;
  };
  return async (work, control) => {
    const answer = await answerFor(work, control.signal);
    // What was interrupted is told as such.
    return answer === 'no' && !control.signal.aborted ? left : runStep(work, control);
  };
}

function readAnswer(text: string | undefined): Answer {
  const word = text?.trim().toLowerCase() ?? '';
  if (word === 'y' || word === 'yes') return 'yes';
  return word === 'c' || word === 'continue' ? 'continue' : 'no';
}
