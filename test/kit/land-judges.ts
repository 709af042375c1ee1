/** The far side of a land: a judge that is met by both families of addresses, two that are met by IPv4 only, of which one names the auditor itself as its IPv6 host, and a proxy on both. */

import { openJudge } from '../../src/audit/judge/judge.js';
import { judgeKeys } from '../../src/audit/judge/record.js';
import { parseHost } from '../../src/model/address.js';
import { openHop } from './hops.js';

/** The public addresses of the far side. */
export interface FarAddresses {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** What the far side says when it is asked to open. */
export interface FarJudges {
  /** URLs. */
  readonly both: string;
  readonly ipv4: string;
  readonly inward: string;
  /** The port of the proxy, which speaks socks5h. */
  readonly proxy: number;
}

const judgeOn = async (listenAt: string, ipv4: string, other: string): Promise<string> => {
  const judge = await openJudge({
    ...{ keys: judgeKeys(), http: [{ host: parseHost(listenAt), port: 0 }], tls: [], hosts: [other] },
    ...{ ttl: 600_000, perSecond: 1_000, clock: Date.now },
  });
  return (judge.urls[0] ?? '').replace(listenAt.includes(':') ? `[${listenAt}]` : listenAt, ipv4);
};

const open = async (at: FarAddresses): Promise<FarJudges> => {
  const hop = await openHop({ scheme: 'socks5h', address: '::', resolve: (host) => host });
  return {
    both: await judgeOn('::', at.ipv4, at.ipv6),
    ipv4: await judgeOn('0.0.0.0', at.ipv4, at.ipv6),
    inward: await judgeOn('0.0.0.0', at.ipv4, '::1'),
    proxy: hop.port,
  };
};

process.on('message', (at: FarAddresses) => {
  void open(at).then((said) => process.send?.(said));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
