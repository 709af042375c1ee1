/** SOCKS4 and SOCKS4a clients. */

import { answerSocks4, socks4Reply } from '../wire/socks4-server.js';
import { socksProtocol } from './socks.js';

/** The user id is the client's identity. */
export const socks4 = socksProtocol({ name: 'socks4', version: 0x04, answer: answerSocks4, reply: socks4Reply });
