import { describe, expect, it } from 'vitest';
import { loadExecPlaybook } from '../../src/load/exec-playbook.ts';
import { Unsafe } from '../../src/model/value.ts';

const load = (module: string, args: string) =>
  loadExecPlaybook({ pattern: 'web:!web3', hosts: ['db1'], groups: ['cache'], module, args });

describe('an ad hoc command', () => {
  it('is a playbook of one step on the union of its targets, with the text of a command as it is', () => {
    const text = `echo "{{ x }}" 'a\nb' \\ # : - {`;
    expect(load('shell', text).main).toMatchObject({
      dialect: 'native',
      value: {
        plays: [
          {
            hosts: 'web:!web3,cache,db1',
            gather_facts: false,
            steps: [{ shell: { cmd: new Unsafe(text) } }],
          },
        ],
      },
    });
  });

  it('takes the parameters of a module as words or as JSON', () => {
    const paramsOf = (args: string) => load('copy', args).main?.value;
    expect(paramsOf('src=a dest="{{ b }}"')).toMatchObject({
      plays: [{ steps: [{ copy: 'src=a dest="{{ b }}"' }] }],
    });
    expect(paramsOf(' {"src": "a", "mode": "0644", "n": 1}')).toMatchObject({
      plays: [{ steps: [{ copy: { src: 'a', mode: '0644', n: 1 } }] }],
    });
  });

  it('tells what is wrong with such JSON', () => {
    const { main, diagnostics } = load('copy', '{"src": ');
    expect(main).toBeUndefined();
    expect(diagnostics.map((one) => one.code)).toEqual(['RB103']);
  });
});
