/** The client of every measurement: it opens tunnels through a program, by SOCKS5 or CONNECT, and loads them. */

import { type Socket, createConnection } from 'node:net';

/** A way through a program to the target. */
export interface Via {
  readonly port: number;
  readonly speaks: 'socks5' | 'connect';
  /** The port of the target. A hop on the way ignores it. */
  readonly target: number;
}

/** An open tunnel. */
interface Tunnel {
  readonly socket: Socket;
  /** Waits until so many more bytes have come, or rejects when the tunnel closes before. */
  readonly receive: (bytes: number) => Promise<void>;
  /** Waits for the end of an HTTP header. */
  readonly receiveHead: () => Promise<void>;
  readonly closed: Promise<void>;
}

export type Way = 'down' | 'up';

/** All reads of all tunnels go here: what is in them does not matter. */
const scrap = Buffer.allocUnsafeSlow(256 * 1024);
const block = Buffer.alloc(256 * 1024, 0x63);
const answerSize = 512;

/** Opens `streams` tunnels; what is returned moves `bytes` bytes in all, then closes them. */
export const openRelays = async (via: Via, streams: number): Promise<(way: Way, bytes: number) => Promise<void>> => {
  const tunnels = await Promise.all(Array.from({ length: streams }, () => open(via)));
  return async (way, bytes) => {
    const share = Math.ceil(bytes / streams);
    await Promise.all(tunnels.map((tunnel) => (way === 'down' ? download(tunnel, share) : upload(tunnel, share))));
    await Promise.all(tunnels.map(close));
  };
};

/** Runs `count` sessions, `atOnce` at a time: a tunnel, a small question, its answer, the end. */
export const runSessions = async (via: Via, count: number, atOnce: number): Promise<void> => {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await close(await ask(via));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};

/** Opens `count` tunnels, uses each once and leaves them open; what is returned closes them. */
export const holdSessions = async (via: Via, count: number, atOnce: number): Promise<() => Promise<void>> => {
  const tunnels: Tunnel[] = [];
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      tunnels.push(await ask(via));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return async () => {
    await Promise.all(tunnels.map(close));
  };
};

const ask = async (via: Via): Promise<Tunnel> => {
  const tunnel = await open(via);
  tunnel.socket.write('ask\n');
  await tunnel.receive(answerSize);
  return tunnel;
};

const close = ({ socket, closed }: Tunnel): Promise<void> => {
  socket.end();
  return closed;
};

const download = async ({ socket, receive }: Tunnel, bytes: number): Promise<void> => {
  socket.write(`down ${bytes}\n`);
  await receive(bytes);
};

const upload = async ({ socket, receive }: Tunnel, bytes: number): Promise<void> => {
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const piece = left < block.length ? block.subarray(0, left) : block;
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.write(`up ${bytes}\n`);
  socket.on('drain', more);
  more();
  await receive('ok\n'.length);
  socket.off('drain', more);
};

const open = async (via: Via): Promise<Tunnel> => {
  const tunnel = await connect(via.port);
  if (via.speaks === 'socks5') await askSocks5(tunnel, via.target);
  else await askConnect(tunnel, via.target);
  return tunnel;
};

const askSocks5 = async ({ socket, receive }: Tunnel, target: number): Promise<void> => {
  socket.write(Buffer.from([0x05, 0x01, 0x00]));
  await receive(2);
  socket.write(Buffer.from([0x05, 0x01, 0x00, 0x01, 127, 0, 0, 1, target >> 8, target & 0xff]));
  await receive(10);
};

const askConnect = async ({ socket, receiveHead }: Tunnel, target: number): Promise<void> => {
  socket.write(`CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: 127.0.0.1:${target}\r\n\r\n`);
  await receiveHead();
};

/** Two client addresses: kaskade grants one address no more than half of its sessions. */
let turn = 0;

const connect = (port: number): Promise<Tunnel> =>
  new Promise((resolve, reject) => {
    let enough = (_size: number): boolean => false;
    let done = (): void => undefined;
    let failed = (error: Error): void => {
      reject(error);
    };
    const callback = (size: number): boolean => {
      if (enough(size)) done();
      return true;
    };
    const receiveUntil = (isEnough: (size: number) => boolean): Promise<void> =>
      new Promise((received, lost) => {
        [enough, done, failed] = [isEnough, received, lost];
      });
    turn += 1;
    const from = { host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (turn % 2)}` };
    const socket = createConnection({ ...from, noDelay: true, onread: { buffer: scrap, callback } });
    const closed = new Promise<void>((gone) => {
      socket.on('close', () => {
        failed(new Error('a tunnel closed early'));
        gone();
      });
    });
    socket.on('error', (error) => {
      failed(error);
    });
    socket.on('connect', () => {
      resolve({
        socket,
        receive: (bytes) => {
          let left = bytes;
          return receiveUntil((size) => (left -= size) <= 0);
        },
        receiveHead: () => receiveUntil((size) => scrap.toString('latin1', size - 4, size) === '\r\n\r\n'),
        closed,
      });
    });
  });
