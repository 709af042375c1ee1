/** SOCKS5 clients. */

import { answerSocks5, socks5Reply } from '../wire/socks5-server.js';
import { socksProtocol } from './socks.js';

/** User name and password are taken when a client offers them: the name is its identity. */
export const socks5 = socksProtocol({ name: 'socks5', version: 0x05, answer: answerSocks5, reply: socks5Reply });
