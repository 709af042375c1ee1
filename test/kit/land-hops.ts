/** The far side of a land: three honest hops and a target, at the address that the first word of the question names. */

import { chainOf, openHops } from './hops.js';
import { echo, openTarget } from './target.js';

/** What the far side says when it is asked to open. */
export interface FarSide {
  readonly chain: string;
  readonly target: string;
}

const open = async (address: string): Promise<FarSide> => {
  const at = { address, resolve: () => address };
  const hops = await openHops({ scheme: 'socks5h', ...at }, { scheme: 'http', ...at }, { scheme: 'socks4a', ...at });
  const target = await openTarget(echo, address);
  return { chain: chainOf(hops), target: target.name };
};

process.on('message', (address: string) => {
  void open(address).then((said) => process.send?.(said));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
