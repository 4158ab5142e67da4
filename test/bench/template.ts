import type { Value } from '../../src/model/value.ts';
import {
  createTemplateEngine,
  LazyMapping,
  type Scope,
  type TemplateEngine,
} from '../../src/template/engine.ts';

const hostCount = 1_000;
const factCount = 200;
const rounds = 200_000;
const required = 50_000;

function factsOf(host: number): Record<string, Value> {
  const facts: Record<string, Value> = { ansible_host: `10.0.0.${host}`, inventory_hostname: `web${host}` };
  for (let i = 0; i < factCount; i++) facts[`ansible_fact_${i}`] = { value: i, list: [i, i + 1] };
  return facts;
}

/** A scope as a step has it: layers of variables, facts, and `hostvars` of all hosts. */
function scopeWithFleet(engine: TemplateEngine): Scope {
  const hosts = Array.from({ length: hostCount }, (_, i) => `web${i}`);
  const hostScope = (host: number) =>
    engine.createScope({
      layers: [{ source: 'facts', label: 'facts', values: factsOf(host), templated: false }],
    });
  const hostvars = new LazyMapping({
    keys: () => hosts,
    has: (name) => hosts.includes(name),
    get: (name) => {
      const scope = hostScope(Number(name.slice(3)));
      return new LazyMapping({
        get: (key) => scope.get(key),
        keys: () => scope.names(),
        has: (key) => scope.has(key),
      });
    },
  });
  return engine.createScope({
    layers: [
      {
        source: 'role-defaults',
        label: 'defaults',
        values: { port: 8080, url: 'http://{{ inventory_hostname }}:{{ port }}' },
      },
      { source: 'inventory-group', label: 'group web', values: { root: '/srv/app', region: 'eu' } },
      { source: 'facts', label: 'facts', values: factsOf(1), templated: false },
      { source: 'play', label: 'play', values: { version: '1.2.3' } },
    ],
    magic: { hostvars: () => hostvars },
  });
}

interface Workload {
  readonly name: string;
  readonly run: (engine: TemplateEngine, scope: Scope, i: number) => unknown;
}

const workloads: readonly Workload[] = [
  {
    name: '{{ root }}/releases/{{ version }}',
    run: (e, s) => e.render('{{ root }}/releases/{{ version }}', s),
  },
  { name: '{{ url }}/health (a templated variable)', run: (e, s) => e.render('{{ url }}/health', s) },
  {
    name: 'the same, each in a scope of its own with item',
    run: (e, s, i) => e.render('{{ url }}/{{ item }}', s.withValues({ item: i })),
  },
  {
    name: "{{ hostvars['web7'].ansible_host | default('none') }}",
    run: (e, s) => e.render("{{ hostvars['web7'].ansible_host | default('none') }}", s),
  },
  {
    name: "when: ansible_fact_7.value > 3 and region == 'eu'",
    run: (e, s) => e.evaluateCondition("ansible_fact_7.value > 3 and region == 'eu'", s),
  },
  {
    name: 'a loop over a list with a filter',
    run: (e, s) =>
      e.render('{% for x in ansible_fact_7.list %}{{ x }}{{ "," if not loop.last }}{% endfor %}', s),
  },
];

/** Lines that say how many small templates are rendered in a second, with 200 facts and 1,000 hosts in scope. */
export async function benchTemplate(): Promise<string[]> {
  const engine = createTemplateEngine();
  const scope = scopeWithFleet(engine);
  const lines = [
    `templates a second, ${factCount} facts and hostvars of ${hostCount} hosts in scope (to reach: ${required})`,
  ];
  for (const { name, run } of workloads) {
    for (let i = 0; i < 5_000; i++) run(engine, scope, i);
    const start = performance.now();
    for (let i = 0; i < rounds; i++) run(engine, scope, i);
    const perSecond = Math.round(rounds / ((performance.now() - start) / 1_000));
    lines.push(`${String(perSecond).padStart(9)}  ${perSecond >= required ? 'ok  ' : 'LOW '}  ${name}`);
  }
  return lines;
}
