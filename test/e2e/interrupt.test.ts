import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, startFleetProject } from '../support/fleet-project.ts';
import { listProcesses } from '../support/process-table.ts';
import { untilTrue } from '../support/until-true.ts';

let project: FleetProject;

/** The fleet's processes whose command line holds a word. */
async function running(word: string): Promise<number> {
  const uids = new Set(project.fleet.users.map((user) => user.uid));
  return (await listProcesses()).filter((entry) => uids.has(entry.uid) && entry.command.includes(word))
    .length;
}

/** A step that starts a child of its own, which only the end of the whole group reaches. */
const playbook = (seconds: number) => `
hosts: all
gather_facts: false
steps:
  - {id: quick, command: "true"}
  - {id: long, shell: "sleep ${seconds} & sleep ${seconds}; wait"}
  - {id: never, command: "true"}
`;

describe.skipIf(fleetAvailable() !== undefined)('a run that is interrupted', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 2, separateUsers: true });
  });
  afterAll(() => project?.fleet.stop());

  it.each([
    ['SIGINT', 3111],
    ['SIGTERM', 3222],
  ] as const)(
    'by %s ends its commands on the hosts, tells what happened, and exits 130',
    async (signal, seconds) => {
      await project.write(`${signal}.yml`, playbook(seconds));
      const cli = await project.start(['apply', `${signal}.yml`]);
      await untilTrue('the commands run', async () => (await running(`sleep ${seconds}`)) >= 4);
      cli.kill(signal);
      const result = await cli.ended;
      expect(result.code).toBe(130);
      await untilTrue('no command is left', async () => (await running(`sleep ${seconds}`)) === 0);
      expect(result.stdout).toContain('interrupted');
      expect(result.stdout).toMatch(/RECAP\n {2}h1 {2}ok=1 .*\n {2}h2 {2}ok=1 /);
      expect(result.stdout).not.toContain('internal error');
    },
  );

  it('while it runs an ad hoc command ends that with all that it started', async () => {
    const cli = await project.start(['exec', 'all', '--cmd', 'sleep 3444 | sleep 3444']);
    await untilTrue('the commands run', async () => (await running('sleep 3444')) >= 4);
    cli.kill('SIGINT');
    const result = await cli.ended;
    expect(result.code).toBe(130);
    await untilTrue('no command is left', async () => (await running('sleep 3444')) === 0);
    expect(result.stdout + result.stderr).not.toContain('internal error');
  });

  it('twice ends at once, though its commands ignore the first signal', async () => {
    await project.write('stubborn.yml', playbook(3333).replace('sleep 3333 &', "trap '' TERM; sleep 3333 &"));
    const cli = await project.start(['apply', 'stubborn.yml', '--output', 'jsonl']);
    await untilTrue('the commands run', async () => (await running('sleep 3333')) >= 4);
    cli.kill('SIGINT');
    await cli.untilPrinted(/interrupted/);
    cli.kill('SIGINT');
    const result = await cli.ended;
    expect(result.code).toBe(130);
    expect(result.stdout.trim().split('\n').at(-1)).toContain('"type":"run-finished"');
  });

  it('while it still connects ends without a trace of a bug', async () => {
    await project.write('hole.yml', 'hosts: {hole: {address: 127.0.0.1, port: 9, connect_timeout: 60}}\n');
    await project.write(
      'connect.yml',
      'hosts: all\nsteps: [{wait_for_connection: {timeout: 60, delay: 30}}]\n',
    );
    const cli = await project.start(['apply', 'connect.yml', '-i', 'hole.yml']);
    await cli.untilPrinted(/PLAY/);
    cli.kill('SIGINT');
    const result = await cli.ended;
    expect(result.code).toBe(130);
    expect(result.stdout + result.stderr).not.toMatch(/RB901| at .*\.js/);
  });
});
