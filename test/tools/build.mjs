// Bundles src/cli/main.ts with its packages into dist/, or into the folder named as its argument. Chunks are split at
// dynamic imports, so that a command loads only what it uses, and an installation needs no other package.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = resolve(process.argv[2] ?? `${root}dist`);
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));

// Bundled CommonJS packages expect these names of Node's CommonJS wrapper.
const commonJsNames = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('');

// zod brings its messages in fifty languages; ours are written by this program.
const englishOnly = {
  name: 'english-only',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { runbook: 'src/cli/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minify: true,
  plugins: [englishOnly],
  legalComments: 'none',
  metafile: true,
  // Native add-ons are optional: ssh2 falls back to its own code when they do not load.
  external: ['*.node', 'cpu-features'],
  define: { 'process.env.RUNBOOK_VERSION': JSON.stringify(version) },
  banner: { js: commonJsNames },
  logLevel: 'warning',
});
await writeFile(`${outdir}/THIRD-PARTY-LICENSES.txt`, await licencesOf(Object.keys(metafile.inputs)));

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
