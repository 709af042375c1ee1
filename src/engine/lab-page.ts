/** The target of the lab: a page that tells which way the request came and what it carried. */

import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { fieldsOf } from '../wire/http-request.js';
import type { Trace } from './lab-trace.js';

/** A running page. */
export interface LabPage {
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

/** Opens the page on any free port of loopback. */
export const openLabPage = (name: string, trace: Trace): Promise<LabPage> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const body = Buffer.from(tell(request, name, trace), 'utf8');
      request.resume();
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        endpoint: { host: { kind: 'ipv4', address: '127.0.0.1' }, port: port as Port },
        close: () =>
          new Promise((done) => {
            server.close(() => {
              done();
            });
            server.closeAllConnections();
          }),
      });
    });
  });

const tell = (request: IncomingMessage, name: string, trace: Trace): string => {
  const { remotePort: port = 0, localPort = 0 } = request.socket;
  const passages = trace.behind({ from: port, to: localPort });
  const [first] = passages;
  return [
    `This is ${name}. Your request came through ${passages.length} ${passages.length === 1 ? 'hop' : 'hops'}:`,
    '',
    `  this machine   127.0.0.1:${first?.came.from ?? port}`,
    ...passages.map(({ hop, label, went }) => `  > hop ${hop}        ${label}, which went on from port ${went.from}`),
    `  > ${name}     which saw 127.0.0.1:${port}`,
    '',
    'What arrived here:',
    '',
    `  ${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`,
    ...fieldsOf(request.rawHeaders).map((field) => `  ${field.name}: ${field.value}`),
    '',
    'All of this stayed on your own machine: a rehearsal, without any anonymity.',
    '',
  ].join('\n');
};
