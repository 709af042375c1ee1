/**
 * The far end of every measurement, a process of its own: a target that sends, swallows or answers, and the same target
 * behind a hop's handshake. A hop in the same process costs nothing on the way, so that a program that goes through it
 * meets the same bytes in the same pieces as one that connects to the target directly.
 */

import { type Server, type Socket, createServer } from 'node:net';
import { announce } from './child.js';

const block = Buffer.alloc(256 * 1024, 0x61);
const answer = Buffer.alloc(512, 0x62);

/** Reads one line of order: `down N`, `up N` or `ask`. */
const obey = (client: Socket, head: Buffer): void => {
  if (!head.includes(0x0a)) {
    client.once('data', (more) => {
      obey(client, Buffer.concat([head, more]));
    });
    return;
  }
  const end = head.indexOf(0x0a);
  const [order, size = '0'] = head.toString('latin1', 0, end).split(' ');
  if (order === 'down') pour(client, Number(size));
  else if (order === 'up') swallow(client, Number(size) - (head.length - end - 1));
  else client.write(answer);
  if (order === 'ask') client.once('data', (more) => obey(client, more));
};

const pour = (client: Socket, bytes: number): void => {
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const piece = left < block.length ? block.subarray(0, left) : block;
      left -= piece.length;
      if (!client.write(piece)) return;
    }
    client.off('drain', more);
  };
  client.on('drain', more).resume();
  more();
};

const swallow = (client: Socket, bytes: number): void => {
  let left = bytes;
  client.on('data', (piece) => {
    left -= piece.length;
    if (left <= 0) client.write('ok\n');
  });
};

const established = Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');
const method = Buffer.from([0x05, 0x00]);
const reply = Buffer.from([0x05, 0x00, 0x00, 0x01, 0, 0, 0, 0, 0, 0]);

/** Answers CONNECT or SOCKS5 without login and then is the target itself, whatever was asked for. */
const beHop = (client: Socket): void => {
  client.once('data', (first) => {
    if (first[0] === 0x05) {
      client.write(method);
      client.once('data', () => {
        client.write(reply);
        client.once('data', (head) => obey(client, head));
      });
      return;
    }
    client.write(established);
    client.once('data', (head) => obey(client, head));
  });
};

const serve = (greet: (client: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer({ noDelay: true }, (client) => {
      client.on('error', () => client.destroy());
      greet(client);
    });
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
      resolve(server);
    });
  });

const plain = await serve((client) => client.once('data', (head) => obey(client, head)));
const hop = await serve(beHop);
announce(plain, hop);
