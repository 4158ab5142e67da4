import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/built-program.ts';
import { runCli } from '../support/run-cli.ts';
import { openTerminal, type Terminal, terminalAvailable } from '../support/terminal.ts';
import { untilTrue } from '../support/until-true.ts';

const why = terminalAvailable();
let folder: string;
let terminal: Terminal;
let runbook: string;

const head = 'hosts: localhost\ngather_facts: false\n';
const playbooks: Readonly<Record<string, string>> = {
  'ask.yml': `${head}vars_prompt:
  - {name: who, prompt: Your name, private: no, default: anna}
  - {name: pw, prompt: Your secret, confirm: yes}
  - {name: hashed, prompt: To hash, encrypt: sha512_crypt, salt: abcdefgh}
steps:
  - {debug: {msg: "{{ who }}/{{ pw }}/{{ pw | length }}"}}
  - {copy: {content: "{{ hashed }}", dest: "{{ playbook_dir }}/hash"}}
`,
  'steps.yml': `${head}steps:
  - {name: First, command: "true"}
  - {name: Second, command: "true"}
  - {name: Third, command: "true"}
  - {name: Fourth, command: "true"}
`,
  'plain.yml': `${head}steps:\n  - {ping: }\n`,
};

let runs = 0;

/** Runs a command on an empty screen: what the one before it left there is gone. */
async function run(line: string): Promise<void> {
  runs += 1;
  terminal.type(`clear; echo "run=$((${runs}))"; ${runbook} ${line}; echo "code=$?"`);
  await terminal.untilShown(new RegExp(`^run=${runs}$`));
}

describe.skipIf(why !== undefined)('questions at a terminal', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prompts-'));
    for (const [name, text] of Object.entries(playbooks)) writeFileSync(join(folder, name), text);
    runbook = `"${process.execPath}" ${join(await builtProgram(), 'bin', 'runbook.js')}`;
    terminal = openTerminal(folder, { HOME: folder });
  });
  afterAll(() => {
    terminal?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('vars_prompt shows what is no secret, hides what is, and asks again where two answers differ', async () => {
    await run('apply ask.yml');
    await terminal.untilShown(/^Your name \[anna\]:/);
    terminal.type('bob');
    await terminal.untilShown(/^Your secret:/);
    terminal.type('open-sesame');
    await terminal.untilShown(/^confirm Your secret:/);
    terminal.type('open-sesam');
    await terminal.untilShown(/^The two answers differ\. Your secret:/);
    terminal.type('open-sesame');
    const confirmations = () => terminal.screen().filter((line) => line.startsWith('confirm'));
    await untilTrue('it is to be confirmed again', async () => confirmations().length === 2);
    terminal.type('open-sesame');
    await terminal.untilShown(/^To hash:/);
    terminal.type('hash-me-now');
    await terminal.untilShown(/^code=0/);
    const text = terminal.screen().join('\n');
    expect(text).toContain('bob/‹pw›/11');
    expect(text).not.toMatch(/sesam|hash-me/);
  });

  it('--step runs what is confirmed, leaves out what is not, and asks no more after continue', async () => {
    await run('apply --step steps.yml');
    for (const [title, answer] of [
      ['First', 'y'],
      ['Second', 'n'],
      ['Third', 'c'],
    ] as const) {
      await terminal.untilShown(new RegExp(`Run ${title}\\?`));
      terminal.type(answer);
    }
    await terminal.untilShown(/^code=0/);
    const text = terminal.screen().join('\n');
    expect(text).toMatch(/changed +First/);
    expect(text).toMatch(/changed +Fourth/);
    expect(text).not.toMatch(/changed +Second/);
    expect(text).toMatch(/changed=3 .*skipped=1/);
    expect(text).not.toContain('Run Fourth?');
  });

  it('-k, -K and -J never echo what is typed', async () => {
    await run('apply plain.yml -k -K -J');
    for (const prompt of [/^Vault password:/, /^SSH password:/, /^BECOME password:/]) {
      await terminal.untilShown(prompt);
      terminal.type('never-to-be-seen');
    }
    await terminal.untilShown(/^code=0/);
    expect(terminal.screen().join('\n')).not.toContain('never-to-be-seen');
  });

  it('a new vault password is asked for twice, and opens the file again', async () => {
    writeFileSync(join(folder, 'edit.yml'), 'a: 1\n');
    await run('vault encrypt edit.yml');
    await terminal.untilShown(/^New vault password:/);
    terminal.type('pass-one');
    await terminal.untilShown(/^Confirm new vault password:/);
    terminal.type('pass-two');
    await terminal.untilShown(/^code=65/);
    expect(terminal.screen().join('\n')).toContain('differ: nothing was changed');
    await run('vault encrypt edit.yml');
    for (const prompt of [/^New vault password:/, /^Confirm new vault password:/]) {
      await terminal.untilShown(prompt);
      terminal.type('pass-one');
    }
    await terminal.untilShown(/^code=0/);
    await run('vault view edit.yml');
    await terminal.untilShown(/^Vault password:/);
    terminal.type('pass-one');
    await terminal.untilShown(/^code=0/);
    expect(terminal.screen()).toContain('a: 1');
  });
});

describe('questions without a terminal', () => {
  it('take the default, -e, or end the run with what to do', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'prompts-'));
    try {
      writeFileSync(join(cwd, 'ask.yml'), playbooks['ask.yml'] ?? '');
      const refused = await runCli(['apply', 'ask.yml'], { cwd });
      expect(refused.code).toBe(65);
      expect(refused.stderr).toContain('"pw" has no value: there is no terminal to ask at, and no default');
      const given = await runCli(['apply', 'ask.yml', '-e', 'pw=x hashed=y'], { cwd });
      expect(given.stdout).toContain('anna/x/1');
      expect((await runCli(['validate', 'ask.yml'], { cwd })).code).toBe(0);
      expect((await runCli(['apply', '--step', 'ask.yml', '-e', 'pw=x hashed=y'], { cwd })).code).toBe(64);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });
});
