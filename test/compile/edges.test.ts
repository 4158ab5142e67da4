import { describe, expect, test } from 'vitest';
import { one, planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { edgesOf, edgesOfNode, nodesNamed } from '../support/plan-text.ts';
import { inventory, play, playbook, step } from '../support/playbook-builder.ts';

describe('the frontier', () => {
  test('steps of a list follow each other in order of writing', () => {
    expect(edgesOf(planOf(steps(step('a'), step('b'))), 'b@h1')).toEqual(['a@h1 ok order']);
  });

  test('the first step follows the start of the batch', () => {
    expect(edgesOf(planOf(steps(step('a'))), 'a@h1')).toEqual(['batch-start:0.0 ok batch']);
  });

  test('a step without needs follows every earlier step that nothing follows yet', () => {
    const plan = planOf(steps(step('a'), step({ id: 'b', needs: [] }), step('c')));
    expect(edgesOf(plan, 'b@h1')).toEqual(['batch-start:0.0 ok batch']);
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order', 'b@h1 ok order']);
  });

  test('a step that is followed through needs is followed by nothing else', () => {
    const plan = planOf(steps(step('a'), step('b'), step({ id: 'c', needs: ['a'] }), step('d')));
    expect(edgesOf(plan, 'd@h1')).toEqual(['b@h1 ok order', 'c@h1 ok order']);
  });

  test('needs may name a step that is written later', () => {
    const plan = planOf(steps(step({ id: 'a', needs: ['b'] }), step({ id: 'b', needs: [] }), step('c')));
    expect(edgesOf(plan, 'a@h1')).toEqual(['b@h1 ok needs']);
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order']);
  });

  test('background steps are not followed and stand for nothing before them', () => {
    const plan = planOf(
      steps(
        step('a'),
        step({ id: 'b', background: 'wait' }),
        step({ id: 'd', background: 'daemon' }),
        step('c'),
      ),
    );
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order']);
    expect(edgesOf(plan, 'batch-end:0.0')).toEqual(['b@h1 end order', 'c@h1 end order']);
  });

  test('hosts do not wait for each other', () => {
    const plan = planOf(steps(step('a'), step('b')), two);
    expect(edgesOf(plan, 'b@h2')).toEqual(['a@h2 ok order']);
  });
});

describe('needs', () => {
  test('accept: ended makes an end edge', () => {
    const plan = planOf(steps(step('a'), step({ id: 'b', needs: [{ step: 'a', accept: 'ended' }] })));
    expect(edgesOf(plan, 'b@h1')).toEqual(['a@h1 end needs']);
  });

  test('hosts: all goes through one join of all hosts of the batch', () => {
    const plan = planOf(steps(step('a'), step({ id: 'b', needs: [{ step: 'a', hosts: 'all' }] })), two);
    const [join] = plan.nodes.filter((node) => node.kind === 'join' && node.purpose === 'all');
    expect(join && edgesOfNode(plan, join)).toEqual(['a@h1 ok needs', 'a@h2 ok needs']);
    for (const host of ['h1', 'h2'])
      expect(edgesOf(plan, `b@${host}`)).toEqual([`a@${host} ok needs`, `all#${join?.id} ok needs`]);
  });

  test('a step of another play is needed on the same host where it runs there, else on all its hosts', () => {
    const book = playbook({
      plays: [
        play({ id: 'base', hosts: 'web', steps: [step('x')] }),
        play({ needs: [], steps: [step({ id: 'y', needs: ['base.x'] })] }),
      ],
    });
    const plan = planOf(book, two);
    const all = plan.nodes.find((node) => node.kind === 'join' && node.purpose === 'all');
    expect(edgesOf(plan, 'y@h1')).toEqual(['batch-start:1.0 ok batch', 'x@h1 ok needs']);
    expect(edgesOf(plan, 'y@h2')).toEqual([`all#${all?.id} ok needs`, 'batch-start:1.0 ok batch']);
    expect(all && edgesOfNode(plan, all)).toEqual(['x@h1 ok needs']);
  });

  test('the join of a step on all its hosts is made once, and has hosts + hosts edges', () => {
    const hosts = inventory(
      Array.from({ length: 40 }, (_, i) => `h${i}`),
      {
        a: Array.from({ length: 20 }, (_, i) => `h${i}`),
        b: Array.from({ length: 20 }, (_, i) => `h${i + 20}`),
      },
    );
    const book = playbook({
      plays: [
        play({ id: 'p', hosts: 'a', steps: [step('x')] }),
        play({ hosts: 'b', needs: [], steps: [step({ id: 'y', needs: ['p.x'] })] }),
      ],
    });
    const plan = planOf(book, hosts);
    const joins = plan.nodes.filter((node) => node.kind === 'join' && node.purpose === 'all');
    expect(joins.map((join) => join.after.length)).toEqual([20]);
    expect(edgesOf(plan, 'y@h25')).toHaveLength(2);
  });

  test('a step that runs nowhere is not waited for', () => {
    const book = playbook({
      plays: [
        play({ id: 'base', hosts: 'none', steps: [step('x')] }),
        play({ needs: [], steps: [step({ id: 'y', needs: ['base.x'] })] }),
      ],
    });
    expect(edgesOf(planOf(book, inventory(['h1'], { none: [] })), 'y@h1')).toEqual([
      'batch-start:1.0 ok batch',
    ]);
  });

  test('an unknown step is refused with the nearest id, also of another play', () => {
    const book = playbook({
      plays: [
        play({ id: 'db', steps: [step('migrate')] }),
        play({ steps: [step({ id: 'a', needs: ['migrat'] }), step({ id: 'b', needs: ['db.migrat'] })] }),
      ],
    });
    expect(problemsOf(book)).toEqual([
      'RB303 error: no step has the id "migrat"',
      'RB303 error: no step has the id "db.migrat" — did you mean "db.migrate"?',
    ]);
  });

  test('a step inside a block is needed from inside only', () => {
    const book = steps(
      step({ id: 'b', body: [step('x'), step({ id: 'y', needs: ['x'] })] }),
      step({ id: 'z', needs: ['x'] }),
    );
    expect(problemsOf(book)).toEqual([
      'RB303 error: step "x" stands inside a block and can only be needed from inside it',
    ]);
  });

  test('a daemon cannot be needed', () => {
    const book = steps(step({ id: 'd', background: 'daemon' }), step({ id: 'z', needs: ['d'] }));
    expect(problemsOf(book)).toEqual([
      'RB302 error: step "d" is a daemon, which ends only after everything else',
    ]);
  });
});

describe('plays and batches', () => {
  test('the nodes of a play stand between its joins', () => {
    const plan = planOf(steps(step('a')), two);
    expect(edgesOf(plan, 'batch-start:0.0')).toEqual(['play-start:0 ok play']);
    expect(edgesOf(plan, 'batch-end:0.0')).toEqual(['a@h1 end order', 'a@h2 end order']);
    expect(edgesOf(plan, 'play-end:0')).toEqual(['batch-end:0.0 end play']);
  });

  test('a batch starts when the one before has ended', () => {
    const plan = planOf(playbook({ plays: [play({ serial: [1], steps: [step('a')] })] }), two);
    expect(edgesOf(plan, 'batch-start:0.1')).toEqual(['batch-end:0.0 end batch', 'play-start:0 ok play']);
    expect(edgesOf(plan, 'a@h2')).toEqual(['batch-start:0.1 ok batch']);
  });

  test('a play follows every earlier play that nothing follows yet', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({ id: 'a', steps: [step('x')] }),
          play({ id: 'b', needs: [], steps: [step('y')] }),
          play({ id: 'c', steps: [step('z')] }),
          play({ id: 'd', needs: ['a'], steps: [step('w')] }),
        ],
      }),
    );
    expect(plan.plays.map(({ follows }) => follows)).toEqual([[], [], [0, 1], [0]]);
    expect(edgesOf(plan, 'play-start:2')).toEqual(['play-end:0 end play', 'play-end:1 end play']);
  });

  test('a play without hosts, and one without steps, end at once', () => {
    const hosts = inventory(['h1'], { none: [] });
    const plan = planOf(playbook({ plays: [play({ hosts: 'none', steps: [step('a')] }), play({})] }), hosts);
    expect(edgesOf(plan, 'play-end:0')).toEqual(['play-start:0 end play']);
    expect(edgesOf(plan, 'batch-end:1.0')).toEqual(['batch-start:1.0 end batch']);
  });

  test('needs of an unknown play are refused', () => {
    const book = playbook({ plays: [play({ id: 'web', steps: [step('a')] }), play({ needs: ['wbe'] })] });
    expect(problemsOf(book)).toEqual(['RB303 error: no play has the id "wbe" — did you mean "web"?']);
  });
});

describe('run_once', () => {
  const plan = planOf(steps(step('a'), step({ id: 'o', runOnce: true }), step('b')), two);

  test('waits for all hosts of the batch, whether they failed or not', () => {
    expect(edgesOf(plan, 'o@all')).toEqual(['a@h1 end run_once', 'a@h2 end run_once']);
  });

  test('what follows it needs the host’s own steps before it as well', () => {
    expect(edgesOf(plan, 'b@h2')).toEqual(['a@h2 ok order', 'o@all ok order']);
  });

  test('two in a row follow each other, and keep a host to its own steps', () => {
    const both = planOf(
      steps(step('a'), step({ id: 'o', runOnce: true }), step({ id: 'p', runOnce: true }), step('b')),
      two,
    );
    expect(edgesOf(both, 'p@all')).toEqual(['a@h1 end run_once', 'a@h2 end run_once', 'o@all ok order']);
    expect(edgesOf(both, 'b@h1')).toEqual(['a@h1 ok order', 'p@all ok order']);
  });
});

describe('the linear strategy', () => {
  const linear = (...list: Parameters<typeof steps>) =>
    planOf(playbook({ plays: [play({ strategy: 'linear', steps: list })] }), two);

  test('one join of all hosts stands between two neighbouring steps', () => {
    const plan = linear(step('a'), step('b'));
    const join = plan.nodes.find((node) => node.kind === 'join' && node.purpose === 'linear');
    expect(join && edgesOfNode(plan, join)).toEqual(['a@h1 end linear', 'a@h2 end linear']);
    expect(edgesOf(plan, 'b@h1')).toEqual(['a@h1 ok order', `linear#${join?.id} ok linear`]);
  });

  test('hosts meet inside the body of a block, not in its rescue, and again after it', () => {
    const plan = linear(
      step({ id: 'b', body: [step('x'), step('y')], rescue: [step('r'), step('s')] }),
      step('c'),
    );
    const meets = (name: string) => edgesOf(plan, name).some((edge) => edge.endsWith('linear'));
    expect(meets('y@h1')).toBe(true);
    expect(meets('s@h1')).toBe(false);
    expect(meets('c@h1')).toBe(true);
  });

  test('a run_once step is a meeting itself', () => {
    const plan = linear(step('a'), step({ id: 'o', runOnce: true }), step('b'));
    expect(plan.nodes.filter((node) => node.kind === 'join' && node.purpose === 'linear')).toEqual([]);
    expect(edgesOf(plan, 'b@h1')).toEqual(['a@h1 ok order', 'o@all ok order']);
  });

  test('a step with needs goes by them alone', () => {
    const plan = linear(step('a'), step({ id: 'b', needs: [] }));
    expect(edgesOf(plan, 'b@h1')).toEqual(['batch-start:0.0 ok batch']);
  });
});

describe('kinds of nodes', () => {
  test('a loop whose items run beside each other is an items node', () => {
    const loop = {
      form: 'loop',
      value: '{{ list }}',
      at: { file: 'f', line: 1, column: 1, length: 1 },
    } as const;
    const plan = planOf(steps(step({ id: 'p', loop, parallel: 3 }), step({ id: 's', loop })), one);
    expect(nodesNamed(plan, 'p@h1')[0]?.kind).toBe('items');
    expect(nodesNamed(plan, 's@h1')[0]?.kind).toBe('instance');
  });

  test('node ids are places in the list, and every step is one object for all hosts', () => {
    const plan = planOf(steps(step('a')), two);
    expect(plan.nodes.map((node) => node.id)).toEqual(plan.nodes.map((_, index) => index));
    expect(plan.steps).toHaveLength(1);
  });

  test('the priority of a node is the longest way to the end, in nodes', () => {
    const plan = planOf(steps(step('a'), step({ id: 'q', needs: [] }), step({ id: 'c', needs: ['a'] })));
    const priority = (name: string) => nodesNamed(plan, name)[0]?.priority;
    expect([priority('play-end:0'), priority('c@h1'), priority('q@h1'), priority('a@h1')]).toEqual([
      1, 3, 3, 4,
    ]);
  });

  test('the plan is frozen to its leaves', () => {
    const plan = planOf(steps(step('a')));
    expect(Object.isFrozen(plan.nodes[2]?.after)).toBe(true);
    expect(Object.isFrozen(plan.steps[0]?.keywords)).toBe(true);
  });
});
