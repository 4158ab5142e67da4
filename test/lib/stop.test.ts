import { describe, expect, it } from 'vitest';
import { Stop } from '../../src/lib/stop.ts';

describe('a stop', () => {
  it('tells its listeners once, in the order they came, but none that left', () => {
    const stop = new Stop();
    const told: string[] = [];
    const listener = (name: string) => ({ handleEvent: () => told.push(`${name} ${String(stop.reason)}`) });
    const gone = listener('gone');
    stop.addEventListener('abort', listener('first'));
    stop.addEventListener('abort', gone);
    stop.addEventListener('abort', listener('second'));
    stop.removeEventListener('abort', gone);
    stop.abort('enough');
    stop.abort('again');
    expect(told).toEqual(['first enough', 'second enough']);
  });

  it('is an AbortSignal for who asks, before it comes and after', () => {
    const stop = new Stop();
    const before = stop.signal;
    expect(before.aborted).toBe(false);
    stop.abort('enough');
    expect([before.aborted, before.reason]).toEqual([true, 'enough']);
    const late = new Stop();
    late.abort();
    expect(late.signal.aborted).toBe(true);
    expect(late.signal.reason).toMatchObject({ name: 'AbortError' });
  });
});
