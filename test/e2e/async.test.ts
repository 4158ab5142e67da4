import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'runbook-async-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs tasks on this machine, jobs and all below `folder`. */
async function run(tasks: string, ...args: string[]) {
  const playbook = join(folder, 'play.yml');
  const head = `- hosts: localhost\n  gather_facts: false\n  environment: {ANSIBLE_ASYNC_DIR: ${join(folder, 'jobs')}}\n  tasks:\n`;
  writeFileSync(playbook, `${head}${tasks.replace(/^/gm, '    ')}\n`);
  return runCli(['apply', playbook, '-e', `folder=${folder}`, ...args], { cwd: folder });
}

describe('a step with async', () => {
  it('that polls has the result of its command, and leaves nothing on the host', async () => {
    const { code, stdout, stderr } = await run(`
- shell: cat; echo "$WORD"; echo bad >&2; exit 3
  args: {stdin: typed, chdir: /}
  environment: {WORD: "it's"}
  async: 60
  poll: 0.05
  register: done
  ignore_errors: true
- assert:
    that:
      - done.stdout_lines == ['typed', "it's"]
      - done.stderr == 'bad'
      - done.rc == 3 and done is failed and done is finished
      - done.cmd is search('WORD')
      - done.results_file is not exists
`);
    expect(code, stdout + stderr).toBe(0);
  });

  it('is ended at its limit', async () => {
    const { code, stdout } = await run(`
- shell: sleep 600 & wait
  async: 1
  poll: 5
`);
    expect(code).toBe(2);
    expect(stdout).toContain('async task did not complete within the requested time - 1s');
  });

  it('that does not poll goes on when the run has ended, and a later run learns its result', async () => {
    const started = await run(`
- shell: until test -e {{ folder }}/go; do sleep 0.1; done; echo went
  async: 600
  poll: 0
  register: job
- assert: {that: [job is changed, job is started, job is not finished]}
- async_status: {jid: "{{ job.ansible_job_id }}"}
  register: now
- assert: {that: [now is not finished, now.stdout == '']}
- copy: {content: "{{ job.ansible_job_id }}", dest: "{{ folder }}/jid"}
`);
    expect(started.code, started.stdout + started.stderr).toBe(0);
    writeFileSync(join(folder, 'go'), '');
    const asked = await run(`
- async_status: {jid: "{{ lookup('file', folder + '/jid') }}"}
  register: job
  until: job is finished
  retries: 200
  delay: 0.1
- assert: {that: [job.stdout == 'went', job.rc == 0, job is changed]}
- stat: {path: "{{ job.results_file }}"}
  register: directory
- assert: {that: [directory.stat.mode == '0700']}
- async_status: {jid: "{{ job.ansible_job_id }}", mode: cleanup}
- async_status: {jid: "{{ job.ansible_job_id }}"}
  register: gone
  ignore_errors: true
- assert: {that: [gone is failed, gone.msg == 'could not find job', gone.finished == 1]}
`);
    expect(asked.code, asked.stdout + asked.stderr).toBe(0);
  });

  it('runs a script of the controller, which goes with the job', async () => {
    writeFileSync(join(folder, 'count.sh'), 'echo "$1 $#"\n');
    const { code, stdout, stderr } = await run(`
- script: count.sh a b
  async: 60
  poll: 0.05
  register: counted
- assert: {that: "counted.stdout_lines == ['a 2']"}
`);
    expect(code, stdout + stderr).toBe(0);
  });

  it('whose module works in the session has ended with it, and its job is known to the run', async () => {
    const { code, stdout, stderr } = await run(`
- stat: {path: /}
  async: 60
  poll: 0
  register: job
- assert: {that: [job.stat is not defined, job is not finished]}
- async_status: {jid: "{{ job.ansible_job_id }}"}
  register: ended
- assert: {that: [ended.stat.isdir, ended is finished]}
`);
    expect(code, stdout + stderr).toBe(0);
  });

  it('is left out in check mode', async () => {
    const { code, stdout, stderr } = await run(
      '- shell: touch {{ folder }}/touched\n  async: 60\n  poll: 0\n',
      '--check',
    );
    expect(code, stdout + stderr).toBe(0);
    expect(existsSync(join(folder, 'touched'))).toBe(false);
  });
});

describe.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/sudo'))('a job of another user', () => {
  it('belongs to that user', async () => {
    mkdirSync(join(folder, 'jobs'), { recursive: true });
    chmodSync(join(folder, 'jobs'), 0o777);
    const { code, stdout, stderr } = await run(`
- shell: id -un
  async: 60
  poll: 0
  become: true
  become_user: nobody
  register: job
- async_status: {jid: "{{ job.ansible_job_id }}"}
  become: true
  become_user: nobody
  register: ended
  until: ended is finished
  retries: 200
  delay: 0.1
- assert: {that: [ended.stdout == 'nobody']}
- stat: {path: "{{ job.results_file }}"}
  register: directory
- assert: {that: [directory.stat.pw_name == 'nobody']}
`);
    expect(code, stdout + stderr).toBe(0);
  });
});
