import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/built-program.ts';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, startFleetProject } from '../support/fleet-project.ts';
import { untilTrue } from '../support/until-true.ts';

const why =
  fleetAvailable() ??
  (existsSync('/usr/bin/tmux') ? undefined : 'tmux is not installed, so no terminal is tried');
let project: FleetProject;
let socket: string;
const tmux = (...args: string[]) => execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
const screen = () => tmux('capture-pane', '-p', '-t', 'runbook').split('\n');
const cursorFlag = () => tmux('display-message', '-p', '-t', 'runbook', '#{cursor_flag}').trim();

/** Steps that go on when files appear, so that the test decides when they end. */
const playbook = (folder: string) => `
hosts: all
gather_facts: false
steps:
  - {name: Quick one, command: echo a}
  - {name: Held one, shell: "until [ -e ${folder}/go ]; do sleep 0.05; done"}
  - {name: Failing one, command: "test {{ inventory_hostname }} != h2"}
`;

describe.skipIf(why !== undefined)('on a terminal', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 3, separateUsers: true });
    socket = join(project.fleet.root, 'tmux');
    const folder = project.fleet.home('h1');
    await project.write('tty.yml', playbook(folder));
    execFileSync('chmod', ['-R', 'a+rx', folder]);
    const program = join(await builtProgram(), 'bin', 'runbook.js');
    await project.write(
      'run.sh',
      `export HOME=${project.fleet.controllerHome} PS1='$ '\nclear\n"${process.execPath}" ${program} apply tty.yml\necho code=$?\n`,
    );
    tmux('new-session', '-d', '-s', 'runbook', '-x', '100', '-y', '30', '-c', project.folder, '/bin/sh');
  });
  afterAll(async () => {
    try {
      tmux('kill-server');
    } catch {
      // The server was never started, or is gone with its last session.
    }
    await project?.fleet.stop();
  });

  it('shows a row for each step under way, and leaves only the transcript and the cursor behind', async () => {
    tmux('send-keys', '-t', 'runbook', 'sh run.sh', 'Enter');
    const shows = (pattern: RegExp) => screen().some((line) => pattern.test(line));
    // Hosts go on by themselves: one may hold the second step while others are still at the first.
    await untilTrue(
      'all hosts hold the step, whose row is there',
      async () => shows(/Held one {2}0\/3 · on/) && shows(/^ {2}changed {5}Quick one {2}h\[1-3\]/),
    );
    expect(screen().filter((line) => line.includes('Held one'))).toHaveLength(1);
    expect(cursorFlag()).toBe('0');
    execFileSync('touch', [join(project.fleet.home('h1'), 'go')]);
    await untilTrue('the run has ended', async () => screen().includes('code=2'));
    const lines = screen();
    expect(lines.join('\n')).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    for (const title of ['Quick one', 'Held one'])
      expect(
        lines.filter((line) => line.includes(title)),
        title,
      ).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Failing one'))).toHaveLength(2);
    expect(lines.filter((line) => / ok=\d/.test(line))).toHaveLength(3);
    expect(cursorFlag()).toBe('1');
  });
});
