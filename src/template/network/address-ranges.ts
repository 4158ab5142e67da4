import { type IpNetwork, isWithin, parseNetwork } from './ip-network.ts';

/** Networks of a purpose. */
export type Purpose = 'loopback' | 'private' | 'link-local' | 'multicast';

const ranges: Readonly<Record<Purpose, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '239.0.0.0/8',
    'fc00::/7',
    'fec0::/10',
    '169.254.0.0/16',
    'fe80::/10',
  ],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
};

/** Whether a network lies in one that is set aside for a purpose. Link-local addresses are private too. */
export function servesAs(network: IpNetwork, purpose: Purpose): boolean {
  return ranges[purpose].some((range) => {
    const outer = parseNetwork(range);
    return outer !== undefined && isWithin(network, outer);
  });
}
