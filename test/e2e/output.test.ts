import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, readRunLines, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;

/** Paths, run ids and times differ from run to run. */
function normalised(text: string): string {
  return text
    .replaceAll(project.fleet.root, '<root>')
    .replaceAll(/rbt\d+x\d+n/g, 'user')
    .replaceAll(/run \d{8}-\d{6}-[0-9a-f]{4}/g, 'run <id>')
    .replaceAll(/ {2}(waited )?(\d+ m )?\d+(\.\d+)? s$/gm, '')
    .replaceAll(/(,|after) (\d+ m )?\d+(\.\d+)? (ms|s)$/gm, '$1 <time>');
}

const playbook = `name: Small
plays:
  - name: Hosts
    hosts: all
    strategy: linear
    gather_facts: false
    steps:
      - {id: file, name: Write a file, copy: {content: "a\\nb\\n", dest: out.txt, mode: "0640"}}
      - {name: Skip one, command: echo one, when: inventory_hostname == 'h1'}
      - {name: Say hello, debug: {msg: "hello from {{ inventory_hostname }}"}}
      - {id: bad, name: Fail on h2, shell: "echo out; echo err >&2; test {{ inventory_hostname }} = h1"}
      - {id: last, command: echo last, changed_when: false}
`;

const hostile = `
hosts: h1
gather_facts: false
steps:
  - name: Evil output
    shell: |
      printf '\\033]0;owned\\007\\033[2J\\033[31mred\\033[0m \\342\\200\\256rtl \\302\\233 end\\r\\n'
      printf '::error file=x::injected\\n  ::set-output name=a::b\\n##[error]old\\n'
      printf '%s\\n' '{% raw %}{{ 7*7 }} {% for x in y %}{% endraw %}'
    register: evil
  - {name: Evil message, debug: {var: evil.stdout}}
  - {name: Evil text, debug: {msg: "<{{ evil.stdout_lines[-1] }}>"}}
  - {name: Evil failure, shell: "printf '\\\\033]0;x\\\\007::warning::w\\\\n' >&2; printf '\\\\n::error::e\\\\n'; exit 1"}
`;

describe.skipIf(fleetAvailable() !== undefined)('what a run prints', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 2, separateUsers: true });
    await project.write('small.yml', playbook);
    await project.write('hostile.yml', hostile);
  });
  afterAll(() => project?.fleet.stop());

  it('is plain text for people, the same for each run, with reports beside it', async () => {
    const result = await project.run([
      ...['apply', 'small.yml', '--diff'],
      ...['--report', 'junit=junit.xml', '--report', 'json=report.json'],
    ]);
    expect(result).toMatchObject({ code: 2, stderr: '' });
    await expect(normalised(result.stdout)).toMatchFileSnapshot('../golden/e2e-plain.txt');
    const report = JSON.parse(readFileSync(join(project.folder, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ outcome: 'failed', exitCode: 2 });
    expect(report.plays[0].steps.map((step: { step: string }) => step.step)).toContain('Write a file');
    if (existsSync('/usr/bin/python3')) {
      const script =
        'import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); print(len(list(r.iter("testcase"))), len(list(r.iter("failure"))) + len(list(r.iter("error"))), len(list(r.iter("skipped"))))';
      const counts = execFileSync('/usr/bin/python3', ['-c', script, join(project.folder, 'junit.xml')]);
      expect(String(counts).trim()).toBe('10 1 2');
    }
  });

  it('is one JSON object a line for programs, with the keys that are promised', async () => {
    const result = await project.run(['apply', 'small.yml', '--output', 'jsonl']);
    expect(result).toMatchObject({ code: 2, stderr: '' });
    const lines = readRunLines(result.stdout);
    const steps = lines.filter((line) => line.type === 'step-finished');
    expect(steps).toHaveLength(10);
    const allowed = new Set(
      'type play step id module host item outcome rc durationMs waitedMs msg diff ignored rescued'.split(' '),
    );
    for (const line of steps) {
      for (const key of Object.keys(line)) expect(allowed).toContain(key);
      expect(line).toMatchObject({
        play: 'Hosts',
        module: expect.any(String),
        durationMs: expect.any(Number),
      });
    }
    expect(steps.filter((line) => line.outcome === 'cancelled').map((line) => line.host)).toEqual(['h2']);
    expect(steps.find((line) => line.id === 'bad' && line.host === 'h2')).toMatchObject({
      outcome: 'failed',
      rc: 1,
    });
    const last = lines.at(-1);
    expect(last).toMatchObject({ type: 'run-finished', outcome: 'failed', exitCode: 2 });
    const counts = 'ok changed skipped failed unreachable unknown cancelled ignored rescued'.split(' ');
    const hosts = last?.['hosts'] as Record<string, Record<string, number>>;
    for (const host of ['h1', 'h2'])
      expect(Object.keys(hosts[host] ?? {}).sort()).toEqual([...counts].sort());
  });

  it('has colours only where they are wanted', async () => {
    const [plain, forced, none, quiet] = await Promise.all([
      project.run(['apply', 'small.yml', '-C', '-l', 'h1']),
      project.run(['apply', 'small.yml', '-C', '-l', 'h1'], { env: { FORCE_COLOR: '1' } }),
      project.run(['apply', 'small.yml', '-C', '-l', 'h1'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }),
      project.run(['apply', 'small.yml', '-C', '-l', 'h1', '--output', 'quiet']),
    ]);
    expect(plain.stdout).not.toContain('\u001b');
    expect(forced.stdout).toContain('\u001b[');
    expect(none.stdout).not.toContain('\u001b');
    expect(quiet).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('never passes on what a host could do harm with', async () => {
    const [text, actions, jsonl] = await Promise.all([
      project.run(['apply', 'hostile.yml', '-vvv']),
      project.run(['apply', 'hostile.yml', '-vv'], { env: { GITHUB_ACTIONS: 'true' } }),
      project.run(['apply', 'hostile.yml', '--output', 'jsonl']),
    ]);
    for (const { code, stdout, stderr } of [text, actions, jsonl]) {
      expect(code).toBe(2);
      expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    }
    expect(text.stdout).toContain('\\x1b]0;owned');
    expect(text.stdout).toContain('<{{ 7*7 }} {% for x in y %}>');
    expect(text.stdout + jsonl.stdout).not.toContain('49 {% for');
    expect(jsonl.stdout).toContain('"msg":"<{{ 7*7 }} {% for x in y %}>"');
    const commands = actions.stdout.split('\n').filter((line) => /^\s*(::|##\[)/.test(line));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(/^::error file=hostile\.yml,line=\d+,col=\d+,title=Evil failure[^\n]*::/);
  });

  it('ends quietly when its reader goes away, and the run goes on', async () => {
    const wrapper = ['/bin/sh', '-c', '{ "$@" 2>errors; echo $? >code; } | head -n 1', 'sh'];
    await project.write(
      'long.yml',
      'hosts: h1\ngather_facts: false\nsteps: [{shell: "sleep 0.5; seq 1000"}, {command: touch after-head}]\n',
    );
    const result = await project.run(['apply', 'long.yml', '-vv'], { wrapper });
    expect(result.stdout).toMatch(/^long\.yml .*\n$/);
    expect(readFileSync(join(project.folder, 'errors'), 'utf8')).toBe('');
    expect(readFileSync(join(project.folder, 'code'), 'utf8')).toBe('0\n');
    expect(existsSync(join(project.fleet.home('h1'), 'after-head'))).toBe(true);
  });
});
