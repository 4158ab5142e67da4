import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { PlanStep } from '../model/plan.ts';
import { isTemplate } from './is-template.ts';
import { answersTo } from './notified-handlers.ts';
import { type PlayTree, stepsOfPlay } from './play-tree.ts';
import { bringsSteps } from './runtime-names.ts';

/** Errors of `notify`: a name that no handler of the play answers to. Templated names are left to the run. */
export function checkHandlers(trees: readonly PlayTree[]): Diagnostic[] {
  return trees.flatMap((tree) => {
    const steps = [...stepsOfPlay(tree)].map((member) => member.step);
    // In a list of plays a step fails only when it has changed something and nobody hears of it.
    if (tree.play.dialect === 'ansible') return [];
    // Included files may bring handlers, and a templated name may come to be any.
    if (steps.some(bringsSteps) || tree.handlers.some(hasOpenName)) return [];
    const names = tree.handlers.flatMap((handler) =>
      [handler.name ?? [], handler.keywords.listen ?? []].flat(),
    );
    const told = new Set<string>();
    return [...steps, ...tree.handlers].flatMap((step) =>
      (step.keywords.notify ?? [])
        .filter((name) => !isTemplate(name) && !tree.handlers.some((handler) => answersTo(handler, name)))
        .filter((name) => !told.has(name) && told.add(name))
        .map((name) => unknownHandler(step, name, names)),
    );
  });
}

function hasOpenName(handler: PlanStep): boolean {
  return isTemplate(handler.name ?? '') || (handler.keywords.listen ?? []).some(isTemplate);
}

function unknownHandler(step: PlanStep, name: string, names: readonly string[]): Diagnostic {
  const hint =
    names.length === 0
      ? 'the play has no handlers: add `handlers:` to it'
      : `handlers of this play: ${names.map((other) => `"${other}"`).join(', ')}`;
  return errorDiagnostic('RB304', `no handler is named "${name}"${didYouMean(name, names)}`, {
    at: step.places['notify'] ?? step.at,
    hint,
  });
}
