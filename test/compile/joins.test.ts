import { describe, expect, test } from 'vitest';
import { planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { play, playbook, step } from '../support/playbook-builder.ts';

const join = (params: Record<string, string | string[]>) => step({ id: 'j', module: 'join', params });

describe('a join', () => {
  test('waits for the nodes of the steps that it names, on its own host', () => {
    const book = steps(
      step({ id: 'x', background: 'wait' }),
      step({ id: 'y', background: 'wait' }),
      join({ steps: ['x', 'y'], timeout: '2s' }),
    );
    const { nodes, steps: planned } = planOf(book, two);
    const named = (id: number) => {
      const node = nodes[id];
      return node?.kind === 'instance' ? `${planned[node.step]?.id}@${node.host}` : node?.kind;
    };
    const joins = nodes.flatMap((node) => ('joins' in node && node.joins ? [node.joins] : []));
    expect(joins.map(({ isTimed, nodes: list }) => [isTimed, list.map(named)])).toEqual([
      [true, ['x@0', 'y@0']],
      [true, ['x@1', 'y@1']],
    ]);
  });

  test('of a step that runs on other hosts waits for all of them, through one node', () => {
    const book = playbook({
      plays: [
        play({ id: 'a', hosts: 'web', steps: [step({ id: 'x', background: 'wait' })] }),
        play({ hosts: 'db', needs: [], steps: [join({ steps: 'a.x' })] }),
      ],
    });
    const { nodes } = planOf(book, two);
    const joined = nodes.flatMap((node) => ('joins' in node && node.joins ? node.joins.nodes : []));
    expect(joined.map((id) => nodes[id])).toMatchObject([{ kind: 'join', purpose: 'all' }]);
  });

  test('is refused for a step that does not exist, that comes later, or that never ends', () => {
    expect(problemsOf(steps(join({ steps: 'nowhere' })))).toEqual([
      'RB303 error: no step has the id "nowhere"',
    ]);
    expect(problemsOf(steps(join({ steps: 'b' }), step({ id: 'b', background: 'wait' })))).toEqual([
      'RB302 error: these wait for each other and none could ever start: "j" → "b" → "j"',
    ]);
    const daemon = step({ id: 'd', background: 'daemon' });
    expect(problemsOf(steps(daemon, join({ steps: 'd' })))).toEqual([
      'RB302 error: step "d" is a daemon, which ends only after everything else',
    ]);
    expect(problemsOf(steps(daemon, join({ steps: 'd', timeout: '1s' })))).toEqual([]);
  });
});
