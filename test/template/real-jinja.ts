import { spawnSync } from 'node:child_process';

/** What the real Jinja2 made of a template: its text, or the name of the error that it raised. */
export type RealResult = { readonly text: string } | { readonly error: string };

const program = `
import json, sys
from jinja2 import DictLoader, Environment, StrictUndefined
request = json.load(sys.stdin)
environment = Environment(undefined=StrictUndefined, trim_blocks=request["trim"],
    lstrip_blocks=request["lstrip"], extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], loader=DictLoader(request["loader"]))
results = []
for template in request["templates"]:
    try:
        text = environment.from_string(template).render(json.loads(json.dumps(request["context"])))
        # Newlines at the end are kept as Ansible keeps them: at least as many as the template has.
        ending = len(template) - len(template.rstrip("\\n"))
        results.append({"text": text + "\\n" * max(0, ending - (len(text) - len(text.rstrip("\\n"))))})
    except Exception as error:
        results.append({"error": type(error).__name__})
json.dump(results, sys.stdout)
`;

/** Whether Python with Jinja2 is installed here. */
export function hasRealJinja(): boolean {
  return spawnSync('python3', ['-c', 'import jinja2'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Renders templates by the real Jinja2, all in one process. */
export function renderWithRealJinja(
  templates: readonly string[],
  context: object,
  options: { loader?: object; trim?: boolean; lstrip?: boolean } = {},
): readonly RealResult[] {
  const { loader = {}, trim = true, lstrip = false } = options;
  const made = spawnSync('python3', ['-c', program], {
    input: JSON.stringify({ templates, context, loader, trim, lstrip }),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout) as RealResult[];
}
