// Runs integration targets of ansible-core, fetched by whoever runs this, with ansible-playbook and with this program, and
// compares the asserted conditions that held: npm run peer -- CHECKOUT [TARGET...]. Nothing of the checkout is kept.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HeldConditions, heldByAnsible, heldByRunbook } from './results.ts';

const everyTarget = [
  ...[
    'conditionals',
    'set_fact',
    'blocks',
    'handlers',
    'include_import',
    'includes',
    'filter_core',
    'test_core',
  ],
  ...[
    'delegate_to',
    'environment',
    'tags',
    'check_mode',
    'failed_when',
    'changed_when',
    'add_host',
    'meta_tasks',
  ],
  ...['register', 'var_templating', 'templating', 'lookup_dict', 'lookup_nested', 'lookup_together'],
  ...['lookup_fileglob', 'lookup_template'],
];
// PEER_PROGRAM names that of another build.
const program =
  process.env['PEER_PROGRAM'] ??
  fileURLToPath(new URL('../../bin/runbook-ansible-playbook.js', import.meta.url));
const deadlineMs = Number(process.env['PEER_TIMEOUT_MS'] ?? 600_000);

type Engine = 'ansible' | 'runbook';

interface Row {
  readonly target: string;
  readonly asked: number;
  readonly held: number;
  readonly missing: readonly string[];
}

const [checkout, ...wanted] = process.argv.slice(2);
if (checkout === undefined) {
  process.stderr.write('usage: npm run peer -- CHECKOUT [TARGET...]\n');
  process.exit(64);
}
const rows: Row[] = [];
for (const target of wanted.length > 0 ? wanted : everyTarget) {
  const oracle = await cached(target);
  const ours = await run('runbook', target);
  const row = compare(target, oracle, ours);
  rows.push(row);
  process.stdout.write(`${line(row)}\n${row.missing.map((place) => `    ${place}\n`).join('')}`);
}
const asked = rows.reduce((sum, row) => sum + row.asked, 0);
const held = rows.reduce((sum, row) => sum + row.held, 0);
process.stdout.write(`${line({ target: 'all', asked, held, missing: [] })}\n`);

function line({ target, asked, held }: Row): string {
  const share = asked === 0 ? '-' : `${((100 * held) / asked).toFixed(1)} %`;
  return `${target.padEnd(18)} ${String(held).padStart(5)} of ${String(asked).padStart(5)}  ${share}`;
}

function compare(target: string, oracle: HeldConditions, ours: HeldConditions): Row {
  let held = 0;
  let asked = 0;
  const missing: string[] = [];
  for (const [place, count] of oracle) {
    const both = Math.min(count, ours.get(place) ?? 0);
    asked += count;
    held += both;
    if (both < count) missing.push(`${place}  ${both} of ${count}`);
  }
  return { target, asked, held, missing };
}

/** What ansible-playbook says does not change from run to run; it is kept in $PEER_CACHE where that is set. */
async function cached(target: string): Promise<HeldConditions> {
  const folder = process.env['PEER_CACHE'];
  if (folder === undefined) return run('ansible', target);
  const file = join(folder, `${target}.json`);
  if (existsSync(file)) return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, number][]);
  const held = await run('ansible', target);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify([...held]));
  return held;
}

async function run(engine: Engine, target: string): Promise<HeldConditions> {
  const folder = mkdtempSync(join(tmpdir(), `peer-${engine}-`));
  try {
    const integration = join(folder, 'integration');
    cpSync(resolve(checkout ?? '', 'test/integration/targets'), join(integration, 'targets'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    for (const name of ['bin', 'reports', 'output', 'home']) mkdirSync(join(folder, name));
    const inventory =
      '[testgroup]\ntesthost ansible_connection=local\ntesthost2 ansible_connection=local\n' +
      '[testgroup:vars]\nansible_python_interpreter=/usr/bin/python3\n[local]\n' +
      'localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n' +
      '[amazon]\nlocalhost ansible_connection=local\n';
    const one = inventory.replace('testhost2 ansible_connection=local\n', '');
    writeFileSync(join(integration, 'inventory'), one);
    writeCommands(engine, folder);
    await carryOut(engine, target, folder, integration);
    const read = engine === 'ansible' ? heldByAnsible : heldByRunbook;
    return read(join(folder, 'reports'), integration);
  } finally {
    if (process.env['PEER_KEEP'] === undefined) rmSync(folder, { recursive: true, force: true });
    else process.stdout.write(`  kept: ${folder}\n`);
  }
}

/** `ansible-playbook` as the targets' scripts find it. */
function writeCommands(engine: Engine, folder: string): void {
  const reports = join(folder, 'reports');
  const text =
    engine === 'ansible'
      ? `export ANSIBLE_CALLBACKS_ENABLED=junit JUNIT_OUTPUT_DIR=${reports}/$$\nmkdir -p "$JUNIT_OUTPUT_DIR"\n/usr/bin/ansible-playbook "$@"\nrc=$?\nfor f in "$JUNIT_OUTPUT_DIR"/*.xml; do [ -e "$f" ] && mv "$f" ${reports}/$$-"\${f##*/}"; done\nexit $rc\n`
      : `pwd >${reports}/$$.cwd\nRUNBOOK_REPORT=json=${reports}/$$.json exec ${process.execPath} ${program} "$@"\n`;
  const command = join(folder, 'bin', 'ansible-playbook');
  writeFileSync(command, `#!/bin/sh\n${text}`);
  chmodSync(command, 0o755);
}

async function carryOut(engine: Engine, target: string, folder: string, integration: string): Promise<void> {
  const cwd = join(integration, 'targets', target);
  const script = join(cwd, 'runme.sh');
  const output = join(folder, 'output');
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    OUTPUT_DIR: output,
    INVENTORY_PATH: join(integration, 'inventory'),
    ANSIBLE_ROLES_PATH: join(integration, 'targets'),
    ANSIBLE_TEST_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_DEPRECATION_WARNINGS: '0',
  };
  const log = join(folder, `${engine}.log`);
  if (existsSync(script)) {
    // A script ends at its first failure; here its other runs count too.
    writeFileSync(script, readFileSync(script, 'utf8').replace(/^set -([a-z]*)e([a-z]*)/m, 'set -$1$2x'));
    return end('bash', ['runme.sh'], { cwd, env, log });
  }
  const playbook = join(integration, 'targets', 'generated.yml');
  writeFileSync(playbook, `- hosts: testhost\n  roles:\n    - ${target}\n`);
  const variables = JSON.stringify({ output_dir: output });
  return end('ansible-playbook', ['-i', '../inventory', playbook, '-e', variables], {
    cwd: join(integration, 'targets'),
    env,
    log,
  });
}

function end(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string>; readonly log: string },
): Promise<void> {
  const child = spawn('sh', ['-c', 'exec "$@" >"$LOG" 2>&1 </dev/null', 'sh', command, ...args], {
    cwd: options.cwd,
    env: { ...options.env, LOG: options.log },
    detached: true,
    stdio: 'ignore',
  });
  return new Promise((done) => {
    const stop = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(stop, deadlineMs);
    child.on('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}
