/** A port in front of a scripted proxy: it lets connections through, but for those with which a test has something else in mind. */

import { type Socket, connect } from 'node:net';
import { type TestDoor, openDoor } from './door.js';

/** A gate. */
export interface Gate extends TestDoor {
  /** Every connection that came, oldest first. */
  readonly came: readonly Socket[];
  /** Does this with the first connection that nothing was said of yet; without a word it is let through. */
  readonly meet: (act?: (client: Socket) => void) => void;
  readonly letThrough: (client: Socket) => void;
}

/** Opens a gate to a port. */
export const openGate = async (to: { readonly port: number }): Promise<Gate> => {
  const came: Socket[] = [];
  const acts: ((client: Socket) => void)[] = [];
  const door: TestDoor = await openDoor((client) => {
    came.push(client);
    const act = acts.shift() ?? letThrough;
    act(client);
  });
  const letThrough = (client: Socket): void => {
    const far = connect({ port: to.port, host: '127.0.0.1', noDelay: true });
    door.own(far);
    client.pipe(far).pipe(client);
    client.once('close', () => far.destroy());
    far.once('close', () => client.destroy());
  };
  return { ...door, came, letThrough, meet: (act = letThrough) => void acts.push(act) };
};
