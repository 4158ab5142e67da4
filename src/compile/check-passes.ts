import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Keywords, Playbook, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { isInPasses, writtenInPlay, writtenSteps } from './block-passes.ts';
import { isTemplate } from './is-template.ts';

/**
 * Errors of blocks with `loop`, `until` or `retries`: what has to be known before the run, and is not for passes that come
 * in it. Warnings: loops in each other with one variable.
 */
export function checkPasses(playbook: Playbook): Diagnostic[] {
  const blocks = playbook.plays.flatMap((play) =>
    [...writtenInPlay(play)].filter(
      ({ action, keywords }) => action.type === 'block' && isInPasses(keywords),
    ),
  );
  const found = blocks.flatMap((block) => [
    ...stepsWithin(block).flatMap((step) => problemsOf(step)),
    ...sameVariables(block),
  ]);
  // A step in two such blocks is looked at twice.
  return [
    ...new Map(
      found.map((one) => [`${one.code} ${one.at?.line} ${one.at?.column} ${one.message}`, one]),
    ).values(),
  ];
}

function stepsWithin({ action }: Step): readonly Step[] {
  if (action.type !== 'block') return [];
  return [action.body, action.rescue, action.always].flatMap((list) => [...writtenSteps(list)]);
}

function problemsOf({ keywords, places, at }: Step): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (keywords.barrier !== undefined)
    found.push(
      errorDiagnostic(
        'RB314',
        'hosts cannot meet in a block with "loop" or "retries": they may go through it differently often',
        {
          at: places['barrier'] ?? at,
          hint: 'put the barrier before or behind the block, or on the block itself',
        },
      ),
    );
  for (const text of textsOf(keywords))
    if (typeof text === 'string' && isTemplate(text))
      found.push(
        errorDiagnostic('RB323', `"${text}" has to be known before the run`, {
          at,
          hint: 'in a block with "loop" or "retries", keys and timeouts of locks and events are written without templates',
        }),
      );
  return found;
}

function textsOf({ limits = [], wait = [] }: Keywords): readonly (Value | undefined)[] {
  return [...limits.flatMap((use) => [use.key, use.timeout]), ...wait.map((one) => one.timeout)];
}

function sameVariables(block: Step): Diagnostic[] {
  if (block.keywords.loop === undefined) return [];
  const name = loopVarOf(block);
  return stepsWithin(block)
    .filter((step) => step.keywords.loop !== undefined && loopVarOf(step) === name)
    .map((step) =>
      warningDiagnostic('RB325', `this loop hides "${name}" of the loop around it`, {
        at: step.keywords.loop?.at ?? step.at,
        related: [{ at: block.keywords.loop?.at ?? block.at, note: 'the loop around it' }],
        hint: 'give one of them a variable of its own: loop_control: {loop_var: NAME}',
      }),
    );
}

function loopVarOf({ keywords }: Step): string {
  return keywords.loopControl?.loopVar ?? 'item';
}
