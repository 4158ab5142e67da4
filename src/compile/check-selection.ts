import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Playbook, Step } from '../model/playbook.ts';
import type { Selection } from '../model/run-options.ts';
import { type PlayTree, stepsOfPlay } from './play-tree.ts';
import { type StartPoint, stepNames } from './start-at.ts';

const specialTags = new Set(['all', 'always', 'never', 'tagged', 'untagged']);

/** Problems of the selection itself: a start that no step bears, tags that select nothing, events that are not declared. */
export function checkSelection(
  playbook: Playbook,
  trees: readonly PlayTree[],
  start: StartPoint,
  selection: Selection,
): Diagnostic[] {
  return [
    ...checkStart(playbook, start, selection),
    ...checkTags(playbook, trees, start, selection),
    ...checkAssumed(playbook, selection),
  ];
}

function checkStart(playbook: Playbook, start: StartPoint, { startAt }: Selection): Diagnostic[] {
  if (start.reached || startAt === undefined) return [];
  const message = `--start-at "${startAt}" names no step${didYouMean(startAt, stepNames(playbook))}`;
  return [errorDiagnostic('RB309', message, { hint: 'see all steps with --list-steps' })];
}

function checkTags(
  playbook: Playbook,
  trees: readonly PlayTree[],
  start: StartPoint,
  selection: Selection,
): Diagnostic[] {
  if (selection.tags.length === 0) return [];
  const known = allTags(playbook);
  const unknown = selection.tags.filter((tag) => !specialTags.has(tag) && !known.has(tag));
  const isEmpty = start.reached && trees.every((tree) => stepsOfPlay(tree).next().done === true);
  const make = isEmpty && playbook.dialect === 'native' ? errorDiagnostic : warningDiagnostic;
  const hint = { hint: 'see all tags with --list-tags' };
  const diagnostics = unknown.map((tag) =>
    make('RB309', `--tags names "${tag}", which no step bears${didYouMean(tag, known)}`, hint),
  );
  if (isEmpty && diagnostics.length === 0)
    diagnostics.push(make('RB309', `--tags "${selection.tags.join(',')}" selects no step`, hint));
  return diagnostics;
}

function checkAssumed(playbook: Playbook, { assumeSet }: Selection): Diagnostic[] {
  const { events } = playbook.declarations;
  return assumeSet
    .filter((event) => !Object.hasOwn(events, event))
    .map((event) =>
      errorDiagnostic(
        'RB212',
        `--assume-set names "${event}", which is no event${didYouMean(event, Object.keys(events))}`,
      ),
    );
}

/** Every tag of a playbook. */
export function allTags(playbook: Playbook): Set<string> {
  const tags = new Set<string>();
  const collect = (steps: readonly Step[]): void => {
    for (const { keywords, action } of steps) {
      for (const tag of keywords.tags ?? []) tags.add(tag);
      if (action.type !== 'block') continue;
      for (const list of [action.body, action.rescue, action.always]) collect(list);
    }
  };
  for (const play of playbook.plays) {
    for (const tag of play.keywords.tags ?? []) tags.add(tag);
    for (const list of [play.preTasks, play.steps, play.postTasks, play.handlers]) collect(list);
  }
  return tags;
}
