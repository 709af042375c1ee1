/** Rows of the failure table: what goes wrong between this machine, the hops and the target. */

import type { FailureDetail, FailureRow } from './failure-row.js';

/** `Hop 2 of 3 (http://b.example:3128)`, or `The target`; `A hop` while nobody has said which. */
const suspectOf = ({ blame, hops, suspect }: FailureDetail): string => {
  if (blame === undefined) return 'A hop';
  return blame.suspect === 'target' ? 'The target' : hopText(blame.suspect, hops, suspect);
};

const reporterOf = ({ blame, hops, reporter }: FailureDetail): string =>
  blame === undefined ? 'A hop' : hopText(blame.reporter, hops, reporter);

const hopText = (number: number, hops: number | undefined, label: string | undefined): string => {
  if (number === 0) return 'This machine';
  const place = hops === undefined ? `Hop ${number}` : `Hop ${number} of ${hops}`;
  return label === undefined ? place : `${place} (${label})`;
};

/** What a hop was asked to reach, inside a sentence: `hop 3` or `the target`. */
const onwardOf = ({ blame }: FailureDetail): string =>
  typeof blame?.suspect === 'number' ? `hop ${blame.suspect}` : 'the target';

const phaseTexts = {
  name: 'while its name was looked up',
  tcp: 'while the connection was opened',
  tls: 'during the TLS handshake',
  greeting: 'during the greeting',
  auth: 'while logging in',
  request: 'while it was asked to go on',
  'first-byte': 'before the first byte of an answer',
  relay: 'in the middle of the transfer',
} as const;

const during = ({ blame }: FailureDetail): string => (blame === undefined ? '' : ` ${phaseTexts[blame.phase]}`);
const noted = ({ note }: FailureDetail): string => (note === undefined ? '' : ` (${note})`);

/** A hop's refusal to go on, told so that the refusing hop is the subject: it may be at fault as well as the next one. */
const refusedToReach = (detail: FailureDetail): string =>
  `${reporterOf(detail)} refused to reach ${onwardOf(detail)}${noted(detail)}.`;

/** A failure that the last hop reports of the target is told of the target; one about the next hop is told of the edge. */
const reported =
  (ofTarget: string) =>
  (detail: FailureDetail): string =>
    detail.blame?.suspect === 'target'
      ? `The target ${ofTarget}, says ${lowerFirst(reporterOf(detail))}${noted(detail)}.`
      : refusedToReach(detail);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const hopRow = (row: { readonly sentence: FailureRow['sentence']; readonly hint: string; readonly http?: number }) =>
  ({ socks5: 0x01, http: 502, exit: 3, names: 'suspect', ...row }) as const satisfies FailureRow;

const anotherHop = 'Use another proxy at this place of the cascade, or try again later.';

export const dialRows = {
  'hop-name-unknown': hopRow({
    sentence: (d) => `The name of ${lowerFirst(suspectOf(d))} could not be found${noted(d)}.`,
    hint: "Check the name of the proxy and this machine's network.",
  }),
  'hop-unreachable': hopRow({
    sentence: (d) => `${suspectOf(d)} could not be connected to${noted(d)}.`,
    hint: 'Check that the proxy runs and that this machine is online, or use another proxy as hop 1.',
  }),
  'hop-timeout': hopRow({
    sentence: (d) => `${suspectOf(d)} did not answer in time${during(d)}.`,
    hint: `${anotherHop} The setting dial.deadline says how long to wait.`,
    http: 504,
  }),
  'hop-closed': hopRow({
    sentence: (d) => `${suspectOf(d)} closed the connection${during(d)}.`,
    hint: anotherHop,
  }),
  'hop-reset': hopRow({
    sentence: (d) => `${suspectOf(d)} broke the connection${during(d)}${noted(d)}.`,
    hint: anotherHop,
  }),
  'hop-garbled': hopRow({
    sentence: (d) => `${suspectOf(d)} answered with something that is not its protocol${during(d)}${noted(d)}.`,
    hint: 'Check the scheme and the port of this proxy: it may speak another protocol.',
  }),
  'hop-oversized': hopRow({
    sentence: (d) => `${suspectOf(d)} sent an answer without end${during(d)}${noted(d)}.`,
    hint: 'Do not use this proxy: no honest answer is that long.',
  }),
  'hop-auth-missing': hopRow({
    sentence: (d) => `${suspectOf(d)} wants a user name and a password${noted(d)}.`,
    hint: 'Add them to the hop: scheme://user:password@host:port.',
  }),
  'hop-auth-refused': hopRow({
    sentence: (d) => `${suspectOf(d)} did not accept the user name or password${noted(d)}.`,
    hint: 'Check the credentials of this hop.',
  }),
  'hop-tls-failed': hopRow({
    sentence: (d) => `No TLS connection could be made to ${lowerFirst(suspectOf(d))}${noted(d)}.`,
    hint: 'Check that this proxy speaks TLS on this port; a plain HTTP proxy is written http://.',
  }),
  'hop-untrusted': hopRow({
    sentence: (d) => `The certificate of ${lowerFirst(suspectOf(d))} could not be verified${noted(d)}.`,
    hint: 'Pin its key with ?pin=sha256/… if you know it; ?verify=no accepts any certificate and any eavesdropper.',
  }),
  'hop-pin-mismatch': hopRow({
    sentence: (d) => `${suspectOf(d)} showed a key that is not the pinned one${noted(d)}.`,
    hint: 'Somebody may stand in between. Change the pin only if the owner of the proxy says that the key is new.',
  }),
  'onward-denied': {
    sentence: refusedToReach,
    hint: 'This hop does not allow that address or port: use another proxy before it in the chain, or another port.',
    socks5: 0x02,
    http: 502,
    exit: 3,
    names: 'reporter',
  },
  'onward-refused': {
    sentence: reported('refused the connection'),
    hint: 'Either the far end is not listening there, or the reporting hop does not want to reach it.',
    socks5: 0x05,
    http: 502,
    exit: 3,
    names: 'far-end',
  },
  'onward-unreachable': {
    sentence: reported('cannot be reached or its name is not known'),
    hint: 'Check the address; if others reach it, use another proxy as the last hop.',
    socks5: 0x04,
    http: 502,
    exit: 3,
    names: 'far-end',
  },
  'onward-timeout': {
    sentence: reported('did not answer in time'),
    hint: 'Try again, or use another proxy as the last hop.',
    socks5: 0x06,
    http: 504,
    exit: 3,
    names: 'far-end',
  },
  'onward-failed': {
    sentence: refusedToReach,
    hint: 'The hop gave no reason: try again, or use another proxy at this place.',
    socks5: 0x01,
    http: 502,
    exit: 3,
    names: 'reporter',
  },
  'cascade-down': hopRow({
    sentence: (d) => `No whole route of the cascade is up; ${lowerFirst(suspectOf(d))} is the obstacle${noted(d)}.`,
    hint: 'Nothing was sent. Wait for the hop, pick another cascade, or give this position a second proxy; the setting hold says how long sessions wait.',
    http: 503,
  }),
  'plain-http-denied': {
    sentence: (d) => `${reporterOf(d)} does not open tunnels to the port of this plain http:// request${noted(d)}.`,
    hint: 'Use another proxy as the last hop, or allow it to see and forward the request by writing ?mode=forward behind that hop.',
    socks5: 0x02,
    http: 502,
    exit: 3,
    names: 'reporter',
  },
  'answer-garbled': {
    sentence: (d) => `The answer that came back is not proper HTTP${noted(d)}.`,
    hint: 'The target or the last hop is at fault; try https:// or another last hop.',
    socks5: 0x01,
    http: 502,
    exit: 3,
    names: 'suspect',
  },
  'answer-missing': {
    sentence: (d) => `The connection ended before the target answered${noted(d)}.`,
    hint: 'Try again; if it stays so, try another last hop.',
    socks5: 0x01,
    http: 502,
    exit: 3,
    names: 'suspect',
  },
  'answer-timeout': {
    sentence: () => 'The target did not begin to answer in time.',
    hint: 'Try again; if it stays so, try another last hop. The setting idle.after says how long to wait.',
    socks5: 0x06,
    http: 504,
    exit: 3,
    names: 'suspect',
  },
} as const satisfies Record<string, FailureRow>;
