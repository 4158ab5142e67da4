import { expect, it } from 'vitest';
import { modulePage } from '../../src/cli/commands/doc.ts';
import { moduleCatalogue } from '../../src/engine.ts';
import { plainStyle } from '../../src/report/reporter.ts';

it.each(['ping', 'command'])('the page of %s tells types, defaults, results and examples', async (name) => {
  const spec = moduleCatalogue().get(name);

  expect(spec).toBeDefined();
  if (spec !== undefined)
    await expect(modulePage(spec, plainStyle)).toMatchFileSnapshot(`../golden/doc-${name}.txt`);
});

it('every parameter of every module but free values has a type', () => {
  const pages = [...new Set(moduleCatalogue().values())].map((spec) => modulePage(spec, plainStyle));
  const untyped = pages.flatMap((page) =>
    page.split('\n').filter((line) => /^ {2}\w+ {2}\(anything/.test(line)),
  );

  expect(untyped.map((line) => line.trim().split(' ')[0])).toEqual(freeValues);
});

/** Parameters that take values of any type. */
const freeValues = ['content', 'msg', 'msg', 'apply', 'apply', 'apply', 'put'];
