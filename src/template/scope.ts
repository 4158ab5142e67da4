import { formatPlace } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { precedence, type VariableLayer } from '../model/variables.ts';
import { asDatum, type Datum } from './datum.ts';
import { TemplateError } from './errors.ts';
import { holdsTemplates } from './holds-templates.ts';
import { LazyMapping } from './lazy-mapping.ts';
import type { Definition, Scope, VariableRenderer } from './scope-types.ts';

/** What a scope is made of. */
export interface ScopeParts {
  /** The sources of variables, lowest precedence first. */
  readonly layers: readonly VariableLayer[];
  /** Names that hide every layer; each value is made when it is first read. They are never rendered. */
  readonly magic?: Readonly<Record<string, () => Datum>> | undefined;
  /**
   * Whether templates give what they give in Ansible: an empty text for None, and lists, mappings and booleans for
   * texts that are written as such. Default false.
   */
  readonly textsAsData?: boolean | undefined;
}

interface RankedLayer {
  readonly rank: number;
  readonly layer: VariableLayer;
}

/** Above every source in `precedence`: loop items and the like. */
const topRank = precedence.length;

/**
 * A scope over layers of variables. Making one costs a list of its layers, however many names they hold; a name costs
 * something when it is read, once.
 */
export function createScope(renderer: VariableRenderer, parts: ScopeParts): Scope {
  const layers = parts.layers.map((layer) => ({ rank: precedence.indexOf(layer.source), layer }));
  return new LayeredScope(
    renderer,
    layers,
    { magic: parts.magic ?? {}, textsAsData: parts.textsAsData ?? false },
    false,
  );
}

const magicRank = precedence.indexOf('magic');

/** What a scope keeps however many layers are laid over it. */
interface ScopeGround {
  readonly magic: Readonly<Record<string, () => Datum>>;
  readonly textsAsData: boolean;
}

class LayeredScope implements Scope {
  readonly textsAsData: boolean;
  readonly #renderer: VariableRenderer;
  readonly #layers: readonly RankedLayer[];
  readonly #magic: Readonly<Record<string, () => Datum>>;
  readonly #hasTop: boolean;
  readonly #known = new Map<string, Datum | undefined>();
  /** The names being rendered now, in order, to see circles. */
  readonly #rendering = new Map<string, Definition>();

  constructor(
    renderer: VariableRenderer,
    layers: readonly RankedLayer[],
    ground: ScopeGround,
    hasTop: boolean,
  ) {
    this.#renderer = renderer;
    this.#layers = layers;
    this.#magic = ground.magic;
    this.textsAsData = ground.textsAsData;
    this.#hasTop = hasTop;
  }

  get(name: string): Datum | undefined {
    const known = this.#known.get(name);
    if (known !== undefined || this.#known.has(name)) return known;
    const value = this.#read(name);
    this.#known.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return name === 'vars' || Object.hasOwn(this.#magic, name) || this.#find(name) !== undefined;
  }

  names(): Set<string> {
    const names = new Set(Object.keys(this.#magic));
    for (const { layer } of this.#layers) for (const name of Object.keys(layer.values)) names.add(name);
    return names;
  }

  definition(name: string): Definition | undefined {
    const layer = this.#find(name);
    return layer === undefined ? undefined : define(name, layer);
  }

  withLayer(layer: VariableLayer): Scope {
    return this.#with({ rank: precedence.indexOf(layer.source), layer });
  }

  withValues(
    values: Readonly<Record<string, Value>>,
    options: { templated?: boolean; label?: string } = {},
  ): Scope {
    const { templated = false, label = 'item' } = options;
    return this.#with({ rank: topRank, layer: { source: 'magic', label, values, templated } });
  }

  #with(added: RankedLayer): Scope {
    const at = this.#layers.findLastIndex(({ rank }) => rank <= added.rank) + 1;
    const layers = [...this.#layers.slice(0, at), added, ...this.#layers.slice(at)];
    const ground = { magic: this.#magic, textsAsData: this.textsAsData };
    return new LayeredScope(this.#renderer, layers, ground, this.#hasTop || added.rank >= magicRank);
  }

  #find(name: string): VariableLayer | undefined {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i]?.layer;
      if (layer !== undefined && Object.hasOwn(layer.values, name)) return layer;
    }
    return undefined;
  }

  #read(name: string): Datum | undefined {
    const make = Object.hasOwn(this.#magic, name) ? this.#magic[name] : undefined;
    const layer = make === undefined || this.#hasTop ? this.#find(name) : undefined;
    if (make !== undefined && layer?.source !== 'magic') return make();
    if (layer === undefined) return name === 'vars' ? this.#asMapping() : undefined;
    const value = layer.values[name];
    if (value === undefined) return undefined;
    if (layer.templated === false || !holdsTemplates(value)) return asDatum(value);
    return this.#render(define(name, layer), value);
  }

  #render(definition: Definition, value: Value): Datum {
    const { name } = definition;
    if (this.#rendering.has(name)) throw circle([...this.#rendering.values()], definition);
    this.#rendering.set(name, definition);
    try {
      return this.#renderer.renderVariable(value, this, definition);
    } finally {
      this.#rendering.delete(name);
    }
  }

  #asMapping(): LazyMapping {
    return new LazyMapping({
      get: (key) => this.get(key),
      keys: () => this.names(),
      has: (key) => this.has(key),
    });
  }
}

function define(name: string, layer: VariableLayer): Definition {
  const place =
    layer.places !== undefined && Object.hasOwn(layer.places, name) ? layer.places[name] : undefined;
  return { name, label: layer.label, place };
}

/** How a definition is called in messages: `port (group_vars/web.yml:3:7)`. */
export function describeDefinition(definition: Definition): string {
  const where = definition.place === undefined ? definition.label : formatPlace(definition.place);
  return `${definition.name} (${where})`;
}

function circle(path: readonly Definition[], last: Definition): TemplateError {
  const from = path.findIndex(({ name }) => name === last.name);
  const chain = [...path.slice(Math.max(0, from)), last].map(describeDefinition).join(' → ');
  return new TemplateError(`variables refer to each other in a circle: ${chain}`, {
    kind: 'runtime',
    position: {
      template: last.place?.file ?? last.label,
      line: last.place?.line ?? 1,
      column: last.place?.column ?? 1,
    },
    name: last.name,
  });
}
