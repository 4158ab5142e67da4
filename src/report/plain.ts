import type { Reporter, TextSink } from './reporter.ts';
import { createTranscript, type TranscriptOptions } from './transcript.ts';

/** Text for files, pipes and CI logs: the transcript as it grows. */
export function plainReporter(sink: TextSink, options: TranscriptOptions): Reporter {
  const transcript = createTranscript(options);
  return {
    event(event) {
      const text = transcript.add(event);
      if (text !== '') sink.write(text);
    },
  };
}
