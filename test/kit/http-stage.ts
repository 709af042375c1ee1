/** The usual stage of an HTTP test: a target, one CONNECT hop that leads every name to it, and a house in front. */

import { type House, type HouseOptions, startHouse } from './house.js';
import { type RawClient, connectRaw } from './http-client.js';
import { type ScriptedHop, startHopTo } from './http-hop.js';
import { type RawTarget, answering, plainAnswer, startTarget } from './http-target.js';
import type { Wire } from './http-wire.js';

/** A whole stage. */
export interface Stage extends AsyncDisposable {
  readonly house: House;
  readonly hop: ScriptedHop;
  readonly target: RawTarget;
  /** A new client connection; it is ended with the stage. */
  readonly client: () => Promise<RawClient>;
}

/** Sets the stage; the target answers `ok` to everything unless a test says otherwise. */
export const setStage = async (
  serve: (wire: Wire, number: number) => void = answering(() => plainAnswer('ok')),
  options: HouseOptions = {},
): Promise<Stage> => {
  const target = await startTarget(serve);
  const hop = await startHopTo(target.port);
  const house = await startHouse(`http://127.0.0.1:${hop.port}`, options);
  return createStage({ house, hop, target });
};

/** A stage of parts that a test has made; they are closed with it. */
export const createStage = ({ house, hop, target }: Pick<Stage, 'house' | 'hop' | 'target'>): Stage => {
  const clients: RawClient[] = [];
  return {
    house,
    hop,
    target,
    client: async () => {
      const client = await connectRaw(house.port);
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.socket.destroy();
      await house.close();
      await hop.close();
      await target.close();
    },
  };
};
