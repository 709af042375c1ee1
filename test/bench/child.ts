/** How the node processes of a measurement begin and end: they tell their ports to their parent and live no longer than it. */

import type { Server } from 'node:net';

/** Tells the parent the ports of servers that listen. */
export const announce = (...servers: readonly Server[]): void => {
  announcePorts(
    servers.map((server) => {
      const address = server.address();
      return address === null || typeof address === 'string' ? 0 : address.port;
    }),
  );
};

/** Tells the parent the ports that this process listens at, and ends when the parent is gone. */
export const announcePorts = (ports: readonly number[]): void => {
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ports });
};
