import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameParser } from '../../src/remote/frame-parser.ts';
import { seeded } from '../support/seeds.ts';

const key = '0123456789abcdef0123456789abcdef';

/** What a parser makes of a stream: markers and the bytes before each. */
function parse(chunks: readonly Buffer[]): string[] {
  const seen: string[] = [];
  let data: Buffer[] = [];
  const parser = new FrameParser(key, {
    data: (chunk) => data.push(Buffer.from(chunk)),
    marker: (text) => {
      seen.push(Buffer.concat(data).toString('hex'), text);
      data = [];
    },
  });
  for (const chunk of chunks) parser.push(chunk);
  seen.push(Buffer.concat(data).toString('hex'));
  return seen;
}

/** Content that likes to look like a key. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: 31 }).map((length) => Buffer.from(key.slice(0, length))),
      fc.constant(Buffer.from('\n')),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

test('the split does not depend on how the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(content, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (frames, sizes) => {
        // A key that arises by chance from the end of one part and the real key cannot be told apart by anyone.
        fc.pre(frames.every((frame) => !Buffer.concat([frame, Buffer.from(key.slice(0, 31))]).includes(key)));
        const stream = Buffer.concat(frames.flatMap((frame, n) => [frame, Buffer.from(`${key} E ${n} 0\n`)]));
        const chunks: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        const expected = frames.flatMap((frame, n) => [frame.toString('hex'), ` E ${n} 0`]);
        expect(parse(chunks)).toEqual([...expected, '']);
      },
    ),
    seeded(100),
  );
});

test('bytes that cannot be part of a key are handed on at once', () => {
  expect(parse([Buffer.from('prompt: ')])).toEqual([Buffer.from('prompt: ').toString('hex')]);
});

test('a marker without an end is an error, not an endless wait', () => {
  expect(() => parse([Buffer.from(`${key}${'x'.repeat(300)}`)])).toThrow(RangeError);
});
