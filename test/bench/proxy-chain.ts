/** npm proxy-chain as a child process: `node proxy-chain.js URL-OF-THE-HOP`. */

import { Server } from 'proxy-chain';
import { announcePorts } from './child.js';

const upstreamProxyUrl = process.argv[2] ?? '';
const server = new Server({ host: '127.0.0.1', port: 0, prepareRequestFunction: () => ({ upstreamProxyUrl }) });
await server.listen();
announcePorts([server.port]);
