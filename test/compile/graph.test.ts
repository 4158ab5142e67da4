import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Ancestors,
  cycleFrom,
  digraph,
  indegrees,
  reversed,
  settle,
  shortestPath,
} from '../../src/compile/graph.ts';
import { seeded } from '../support/seeds.ts';

const everywhere = () => true;

function graphOf(size: number, edges: readonly (readonly [number, number])[]) {
  return digraph(
    size,
    edges.map(([from]) => from),
    edges.map(([, to]) => to),
  );
}

const edgesUpTo = (size: number) =>
  fc.array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: 30 });

describe('settle', () => {
  test('orders a node behind all that it needs, and leaves out exactly what hangs on a cycle', () => {
    fc.assert(
      fc.property(edgesUpTo(9), (edges) => {
        const graph = graphOf(9, edges);
        const { order, done } = settle(graph, indegrees(graph));
        const position = new Map(order.map((node, index) => [node, index]));
        for (const [from, to] of edges)
          if (done[to] === 1) expect(position.get(from) ?? Number.NaN).toBeLessThan(position.get(to) ?? -1);
        const back = reversed(graph);
        for (let node = 0; node < 9; node++)
          if (done[node] === 0) expect(cycleFrom(back, node, (n) => done[n] === 0)).toBeDefined();
      }),
      seeded(100),
    );
  });

  test('lets a node go that has as many predecessors as it needs', () => {
    const graph = graphOf(4, [
      [0, 2],
      [1, 2],
      [3, 1],
      [1, 3],
    ]);
    expect(settle(graph, Uint32Array.of(0, 1, 1, 1)).order).toEqual([0, 2]);
    expect(settle(graph, indegrees(graph)).order).toEqual([0]);
  });
});

describe('paths', () => {
  test('a cycle is a ring of edges', () => {
    fc.assert(
      fc.property(edgesUpTo(7), (edges) => {
        const graph = graphOf(7, edges);
        const cycle = cycleFrom(graph, 0, everywhere);
        for (const [i, node] of cycle?.entries() ?? []) {
          const next = cycle?.[(i + 1) % cycle.length];
          expect(edges.some(([from, to]) => from === node && to === next)).toBe(true);
        }
      }),
      seeded(100),
    );
  });

  test('the shortest one is found', () => {
    const graph = graphOf(5, [
      [0, 1],
      [1, 2],
      [2, 4],
      [0, 3],
      [3, 4],
    ]);
    expect(shortestPath(graph, 0, 4, everywhere)).toEqual([0, 3]);
    expect(shortestPath(graph, 4, 0, everywhere)).toBeUndefined();
    expect(shortestPath(graph, 0, 4, (node) => node !== 3)).toEqual([0, 1, 2]);
  });

  test('ancestors are what a path leads from', () => {
    const forward = edgesUpTo(40).map((edges) => edges.filter(([from, to]) => from < to));
    fc.assert(
      fc.property(forward, (edges) => {
        const graph = graphOf(40, edges);
        const ancestors = new Ancestors(graph, settle(graph, indegrees(graph)).order);
        for (const from of [0, 7, 31, 32])
          for (const to of [8, 33, 39])
            if (from !== to)
              expect(ancestors.has(from, to)).toBe(shortestPath(graph, from, to, everywhere) !== undefined);
      }),
      seeded(100),
    );
  });
});
