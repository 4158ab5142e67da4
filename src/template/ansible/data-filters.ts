import { flagArgument, integerArgument, isAbsent, textArgument } from '../arguments.ts';
import { asDatum, Bytes, type Datum, type Run, Undefined } from '../datum.ts';
import type { EngineServices } from '../engine-types.ts';
import { writeJson } from '../filters/json.ts';
import { type Native, native } from '../native.ts';
import { dictGet, isDict } from '../python/dict.ts';
import { toText } from '../python/text.ts';
import { isList, isText } from '../python/types.ts';
import { toValue } from '../to-value.ts';
import { readJson } from './read-json.ts';
import { revealSecrets } from './reveal-secrets.ts';

function toJson(indent: number | undefined, sortKeys: boolean): Native {
  return native(
    'value, indent?, sort_keys?, separators?, ensure_ascii?, vault_to_text?, preprocess_unsafe?, skipkeys?, default?',
    (run: Run, value: Datum, size?: Datum, sort?: Datum, separators?: Datum, ascii?: Datum) => {
      const [itemSeparator, keySeparator] = Array.isArray(separators) ? separators : [];
      return writeJson(run, value, {
        indent: isAbsent(size)
          ? indent
          : isText(size)
            ? toText(run, size)
            : integerArgument(run, size, 'indent'),
        sortKeys: flagArgument(sort, sortKeys),
        ascii: flagArgument(ascii, true),
        ...(itemSeparator === undefined ? {} : { itemSeparator: toText(run, itemSeparator) }),
        ...(keySeparator === undefined ? {} : { keySeparator: toText(run, keySeparator) }),
      });
    },
  );
}

function fromJson(run: Run, value: Datum): Datum {
  const text = value instanceof Bytes ? toText(run, value) : textArgument(run, value, 'value');
  const made = readJson(text);
  if (made === undefined) throw run.fail('"from_json" was given text that is no JSON');
  run.step(Math.ceil(text.length / 64));
  return made;
}

/** Filters that read and write JSON and YAML. YAML is read and written by the services given. */
export function dataFilters(services: EngineServices): Readonly<Record<string, Native>> {
  return {
    to_json: toJson(undefined, false),
    to_nice_json: toJson(4, true),
    from_json: native('value, profile?', fromJson),
    from_yaml: native('value', (run: Run, value: Datum) => {
      if (!isText(value)) return value;
      return readYaml(services, run, toText(run, value));
    }),
    from_yaml_all: native('value', (run: Run, value: Datum) => {
      if (!isText(value)) return value;
      return documentsOf(toText(run, value)).map((text) => readYaml(services, run, text));
    }),
    to_yaml: toYaml(services, false),
    to_nice_yaml: toYaml(services, true),
  };
}

function readYaml(services: EngineServices, run: Run, text: string): Datum {
  if (services.parseYaml === undefined) throw run.fail('YAML cannot be read here');
  run.step(Math.ceil(text.length / 64));
  try {
    return asDatum(services.parseYaml(text));
  } catch (error) {
    throw run.fail(`the text is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The documents of a YAML stream: a line that begins with `---` begins one. */
function documentsOf(text: string): string[] {
  const parts = text.split(/^(?=---(?:\s|$))/m);
  return parts.filter((part) => part.replace(/^---/, '').trim() !== '');
}

function toYaml(services: EngineServices, nice: boolean): Native {
  return native(
    'value, indent?, width?, sort_keys?, default_flow_style?, **named',
    (run: Run, value: Datum, ...options: readonly (Datum | undefined)[]) => {
      const [indent, width, sort, flow, named] = options;
      if (value instanceof Undefined) throw value.toError();
      if (services.stringifyYaml === undefined) throw run.fail('YAML cannot be written here');
      const style = {
        indent: isAbsent(indent) ? (nice ? 4 : 2) : integerArgument(run, indent, 'indent'),
        width: isAbsent(width) ? 80 : Math.min(integerArgument(run, width, 'width'), 1_000_000),
        sortKeys: flagArgument(sort, true),
        block: isAbsent(flow) ? nice : !flagArgument(flow),
        explicitStart: isDict(named) && flagArgument(dictGet(named, 'explicit_start')),
        explicitEnd: isDict(named) && flagArgument(dictGet(named, 'explicit_end')),
      };
      const written = services.stringifyYaml(toValue(run, revealSecrets(run, value)), style);
      // libyaml, with which Ansible writes, ends no lone scalar by dots.
      const text =
        !style.explicitEnd && written.endsWith('\n...\n') && !isList(value) && !isDict(value)
          ? written.slice(0, -4)
          : written;
      run.spend(text.length);
      return text;
    },
  );
}
