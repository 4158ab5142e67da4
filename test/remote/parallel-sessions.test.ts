import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createConnections } from '../../src/remote/connections.ts';
import { fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf, textOf } from './contract/place.ts';

const callers = 12;

/** Ends when all callers are there. */
const meeting = `echo > meeting.$1; until [ "$(ls -d meeting.* | wc -l)" -ge ${callers} ]; do sleep 0.1; done; echo met`;

describe.skipIf(fleetAvailable() !== undefined)('callers with long requests on one host', () => {
  test.each([10, 2])(
    'run side by side, in order for each of them, where the server allows %i sessions a connection',
    async (maxSessions) => {
      const fleet = await startFleet({ count: 1, maxSessions });
      const spoolDir = mkdtempSync(join(tmpdir(), 'runbook-parallel-'));
      const connections = createConnections({
        shellLibrary: '',
        spoolDir,
        home: fleet.controllerHome,
        env: {},
      });
      try {
        const meetings = Array.from({ length: callers }, async (_, index) => {
          const session = await connections.session(targetOf(fleet, {}), undefined);
          const first = textOf(script(session, meeting.replace('$1', String(index))));
          const second = textOf(script(session, `ls -d meeting.* | wc -l; echo ${index}`));
          return [await first, await second];
        });
        const replies = await Promise.all(meetings);
        expect(replies).toEqual(
          Array.from({ length: callers }, (_, index) => ['met\n', `${callers}\n${index}\n`]),
        );
      } finally {
        await connections.close();
        await fleet.stop();
        rmSync(spoolDir, { recursive: true });
      }
    },
  );
});
