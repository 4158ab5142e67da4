import { dirname } from 'node:path';
import type { RawDocument } from '../model/document.ts';
import type { Play, Step } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { originLayer, originOf } from './step-origin.ts';

/** A play of an imported playbook in another folder: its steps look for their sources in that folder first. */
export function standingIn(play: Play, document: RawDocument, { options: { reuse } }: Context): Play {
  if (reuse === undefined) return play;
  const file = reuse.absolute(document.file.path);
  const folder = dirname(file);
  if (folder === reuse.projectDir) return play;
  const origin = originOf(file, [], folder);
  const layers = [originLayer(origin, folder)];
  const enclosed = (body: readonly Step[]): readonly Step[] =>
    body.length === 0
      ? body
      : [
          {
            at: play.at,
            places: {},
            keywords: {},
            action: { type: 'block', body, rescue: [], always: [], reuse: { origin, layers } },
          },
        ];
  return {
    ...play,
    preTasks: enclosed(play.preTasks),
    steps: enclosed(play.steps),
    postTasks: enclosed(play.postTasks),
    handlers: enclosed(play.handlers),
  };
}
