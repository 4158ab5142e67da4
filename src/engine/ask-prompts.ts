import { randomInt } from 'node:crypto';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Play, Playbook, VariablePrompt } from '../model/playbook.ts';
import type { ProjectRequest } from '../model/project.ts';
import { Secret, Unsafe, type Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { TemplateEngine } from '../template/engine-types.ts';

/** What answers to `vars_prompt` come from. */
export interface PromptSources {
  /** A name that is given here is not asked for. */
  readonly extraVars: readonly VariableLayer[];
  /** Undefined where the playbook is only looked at: then nobody is asked, and answers are not known. */
  readonly ask: ProjectRequest['ask'];
  readonly engine: Pick<TemplateEngine, 'evaluate' | 'createScope'>;
}

const saltLetters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Asks for the variables of `vars_prompt`, play by play, and gives the playbook with the answers. Where nobody can be
 * asked the default counts; without one it is RB210, told in `found`.
 */
export async function answerPrompts(
  playbook: Playbook,
  sources: PromptSources,
  found: Diagnostic[],
): Promise<Playbook> {
  if (playbook.plays.every((play) => play.varsPrompt === undefined)) return playbook;
  const plays: Play[] = [];
  for (const play of playbook.plays) plays.push(await withAnswers(play, playbook, sources, found));
  return { ...playbook, plays };
}

async function withAnswers(
  play: Play,
  { params }: Playbook,
  sources: PromptSources,
  found: Diagnostic[],
): Promise<Play> {
  const values: Record<string, Value> = {};
  const places: Record<string, VariablePrompt['at']> = {};
  for (const prompt of play.varsPrompt ?? []) {
    const { name, at } = prompt;
    const isGiven = sources.extraVars.some((layer) => Object.hasOwn(layer.values, name));
    if (isGiven || Object.hasOwn(params, name)) continue;
    places[name] = at;
    const answer = await answerOf(prompt, sources);
    if (answer === undefined) found.push(unanswered(prompt));
    else values[name] = answer;
  }
  if (Object.keys(values).length === 0) return play;
  const layer: VariableLayer = { source: 'vars-prompt', label: 'vars_prompt', values, places };
  return { ...play, layers: [...play.layers, layer] };
}

function unanswered({ name, at }: VariablePrompt): Diagnostic {
  return errorDiagnostic('RB210', `"${name}" has no value: there is no terminal to ask at, and no default`, {
    at,
    hint: `give it with -e ${name}=..., or -e @FILE for a secret`,
  });
}

async function answerOf(prompt: VariablePrompt, sources: PromptSources): Promise<Value | undefined> {
  const { default: byDefault, isPrivate, name } = prompt;
  // A secret is what no stage before the run looks into.
  if (sources.ask === undefined) return byDefault ?? new Secret('', name);
  const typed = await typedAnswer(prompt, sources.ask);
  const answer = typed === undefined || typed === '' ? (byDefault ?? typed) : typed;
  if (answer === undefined) return undefined;
  const hashed = prompt.hash === undefined ? answer : hashOf(prompt, String(answer), sources.engine);
  if (isPrivate && typeof hashed === 'string') return new Secret(hashed, name);
  return prompt.isUnsafe ? new Unsafe(hashed) : hashed;
}

type Ask = NonNullable<ProjectRequest['ask']>;

async function typedAnswer(prompt: VariablePrompt, ask: Ask): Promise<string | undefined> {
  const { isPrivate, default: byDefault } = prompt;
  const echo = !isPrivate;
  const shown = echo && byDefault !== undefined ? `${prompt.prompt} [${String(byDefault)}]` : prompt.prompt;
  for (let again = ''; ; again = 'The two answers differ. ') {
    const first = await ask(`${again}${shown}${echo ? ':' : ''}`, { echo });
    if (first === undefined || !prompt.confirm) return first;
    const second = await ask(`confirm ${shown}${echo ? ':' : ''}`, { echo });
    if (second === undefined || second === first) return second;
  }
}

function hashOf(
  { hash, salt, saltSize }: VariablePrompt,
  password: string,
  engine: PromptSources['engine'],
): string {
  const letters = Array.from({ length: saltSize }, () => saltLetters[randomInt(saltLetters.length)]);
  const values = { password, hash: hash ?? null, salt: salt ?? letters.join('') };
  const layer: VariableLayer = { source: 'extra-vars', label: 'vars_prompt', values, templated: false };
  const hashed = engine.evaluate(
    'password | password_hash(hash, salt)',
    engine.createScope({ layers: [layer] }),
  );
  return hashed instanceof Secret ? hashed.reveal() : String(hashed);
}
