import type { Connections, HostRequest, Reply, Session } from '../../src/model/host.ts';

const noOutput = { bytes: Buffer.alloc(0), size: 0 };
const looked = [
  'rb1 present directory WrwO text',
  '0022',
  '81a4:1000:1000:SIZE:802:12:1:0:0:0:8:4096:0:0:web:web:',
  '/srv/app.conf',
  '//',
  '',
].join('\n');

/**
 * Hosts in memory: every command ends well at once, without output, and the file that is looked at is there as `content`
 * gives it for the host.
 */
export function virtualHosts(content: (host: string) => string): Connections {
  const session = (host: string): Session => ({
    info: { user: 'web', home: '/home/web', directory: '/tmp/rb', groupKill: true },
    run: async (request) => answer(request, () => content(host)),
  });
  return {
    session: async ({ name }) => session(name),
    runAlone: ({ name }, _become, request) => session(name).run(request),
    stream: () => Promise.reject(new Error('virtual hosts have no streams')),
    isOpen: () => true,
    reset: async () => undefined,
    close: async () => undefined,
  };
}

function answer(request: HostRequest, content: () => string): Reply {
  if (request.type === 'exec') return { rc: 0, stdout: noOutput, stderr: noOutput };
  if (!request.code.startsWith('rb_look ')) throw new Error(`virtual hosts cannot do ${request.code}`);
  const text = content();
  const bytes = Buffer.from(`${looked.replace('SIZE', String(text.length))}${text}`);
  return { rc: 0, stdout: { bytes, size: bytes.length }, stderr: noOutput };
}
