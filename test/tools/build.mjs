// Bundles src/cli/start.ts and src/cli/program.ts with their packages into dist/, or into the folder named as its
// argument, so that an installation needs no other package. runbook.cjs is what Node starts; it loads program.js, and
// the files of large packages when they are first needed (src/cli/scripts.ts).
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = resolve(process.argv[2] ?? `${root}dist`);
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));

/** Packages in files of their own, by the names of these: not every command needs them. */
const ownFiles = {
  'age-encryption': 'age-encryption',
  ajv: 'ajv/dist/2020.js',
  bcryptjs: 'bcryptjs',
  execa: 'execa',
  'ip-address': 'ip-address',
  jmespath: 'jmespath',
  listr2: 'listr2',
  ssh2: 'ssh2',
};

/** Those of them that few templates need: each is loaded when something of it is first used. */
const latePackages = ['bcryptjs', 'ip-address', 'jmespath'];

const packagesApart = {
  name: 'packages-apart',
  setup(bundle) {
    for (const [name, path] of Object.entries(ownFiles)) {
      const exactly = new RegExp(`^${path.replaceAll('.', '\\.')}$`);
      bundle.onResolve({ filter: exactly }, ({ kind, namespace }) => {
        if (kind === 'entry-point') return undefined;
        const isLate = latePackages.includes(name) && namespace !== 'late';
        return isLate ? { path: name, namespace: 'late' } : { path: `./${name}.js`, external: true };
      });
    }
  },
};

/** Modules of Node that cost a command start time, of which many commands use nothing. */
const lateModules = ['child_process', 'crypto', 'net', 'readline/promises', 'worker_threads'];

/** Loads such a module, or such a package, when something of it is first used. */
const loadedLate = {
  name: 'loaded-late',
  setup(bundle) {
    const listed = new RegExp(`^(?:node:)?(?:${lateModules.join('|')})$`);
    bundle.onResolve({ filter: listed }, ({ path, namespace }) =>
      namespace === 'late'
        ? { path, external: true }
        : { path: path.replace('node:', ''), namespace: 'late' },
    );
    bundle.onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => {
      const source = latePackages.includes(path) ? path : `node:${path}`;
      const names = Object.keys(await import(source)).filter((name) => name !== 'default');
      return {
        resolveDir: root,
        contents: `let loaded;
          const load = () => (loaded ??= require('${source}'));
          for (const name of ${JSON.stringify(names)})
            Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });`,
      };
    });
  },
};

// zod brings its messages in fifty languages; ours are written by this program.
const englishOnly = {
  name: 'english-only',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const shared = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minify: true,
  // The files are read as one byte for each character.
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
};
const ownUrl = "const __ownUrl=require('node:url').pathToFileURL(__filename).href;";

const scripts = await build({
  ...shared,
  entryPoints: { program: 'src/cli/program.ts', ...ownFiles },
  plugins: [packagesApart, loadedLate, englishOnly],
  metafile: true,
  // Native add-ons are optional: ssh2 falls back to its own code when they do not load.
  external: ['*.node', 'cpu-features'],
  // Scripts have no loader of ES modules; what they import when needed is in the bundle, or is Node's.
  supported: { 'dynamic-import': false },
  define: { 'process.env.RUNBOOK_VERSION': JSON.stringify(version), 'import.meta.url': '__ownUrl' },
  banner: { js: `(function(exports,require,module,__filename,__dirname){${ownUrl}` },
  footer: { js: '})' },
});
const hash = createHash('sha256');
for (const { contents } of scripts.outputFiles) hash.update(contents);
const start = await build({
  ...shared,
  entryPoints: { runbook: 'src/cli/start.ts' },
  outExtension: { '.js': '.cjs' },
  define: {
    'process.env.RUNBOOK_VERSION': JSON.stringify(version),
    'process.env.RUNBOOK_BUILD': JSON.stringify(hash.digest('hex').slice(0, 12)),
    'import.meta.url': '__ownUrl',
  },
  banner: { js: ownUrl },
});
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
for (const { path, contents } of [...scripts.outputFiles, ...start.outputFiles])
  await writeFile(`${outdir}/${basename(path)}`, contents);
// What modules of a project import on their hosts: sent as it is, and read when it is first needed.
await cp(`${root}src/modules/library/python`, `${outdir}/python`, {
  recursive: true,
  filter: (path) => !path.includes('__pycache__'),
});
await writeFile(`${outdir}/THIRD-PARTY-LICENSES.txt`, await licencesOf(Object.keys(scripts.metafile.inputs)));

/** The licence texts of all packages that went into the bundle. */
async function licencesOf(inputs) {
  const folders = new Set(
    inputs
      .map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter((folder) => folder),
  );
  const texts = [];
  for (const folder of [...folders].sort()) {
    const {
      name,
      version: packageVersion,
      license,
    } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const file = (await readdir(`${root}${folder}`)).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined ? `Licence: ${license}` : await readFile(`${root}${folder}/${file}`, 'utf8');
    texts.push(`${name} ${packageVersion}\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
