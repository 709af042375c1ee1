/** Rows of the failure table: what a person wrote or the machine refused, before any session. */

import type { FailureDetail, FailureRow } from './failure-row.js';

const noted = ({ note }: FailureDetail): string => (note === undefined ? '' : ` (${note})`);

/** Wrong usage or settings (2), or something outside refused (3). No client ever sees these. */
const local = (exit: 1 | 2 | 3 | 130, text: { readonly sentence: FailureRow['sentence']; readonly hint: string }) =>
  ({ ...text, exit, socks5: 0x01, http: 500 }) as const satisfies FailureRow;

export const setupRows = {
  'bad-usage': local(2, {
    sentence: (d) => d.note ?? 'The command line is not understood.',
    hint: 'kaskade --help shows what there is, and kaskade COMMAND --help what it takes.',
  }),
  'bad-hop': local(2, {
    sentence: (d) => `This is not a hop${noted(d)}.`,
    hint: 'A hop is scheme://[user:password@]host[:port] with scheme http, https, socks4a or socks5h.',
  }),
  'bad-cascade': local(2, {
    sentence: (d) => `This cascade cannot be used${noted(d)}.`,
    hint: 'A cascade is 1 to 8 hops separated by commas, each proxy once, and never the own listener.',
  }),
  'bad-filter': local(2, {
    sentence: (d) => `This filter is not understood${noted(d)}.`,
    hint: 'A filter is tests with commas between them, such as grade>=anonymous, country=FR, up; parentheses, a bar and an exclamation mark say or and not.',
  }),
  'bad-setting': local(2, {
    sentence: (d) => `A setting has a value that is not legal${noted(d)}.`,
    hint: 'kaskade config --help lists the settings and their legal values.',
  }),
  'settings-broken': local(2, {
    sentence: (d) => `The settings file could not be understood${noted(d)}.`,
    hint: 'Mend the kept file and move it back, or start again without it; nothing was overwritten.',
  }),
  'public-refused': local(2, {
    sentence: (d) => `Listening on an address that other machines reach is refused${noted(d)}.`,
    hint: 'Give --public and --auth-file FILE (user:password lines) if that is really wanted.',
  }),
  'auth-file': local(2, {
    sentence: (d) => `The file of users could not be used${noted(d)}.`,
    hint: 'It holds one user:password a line; both have 1 to 255 bytes.',
  }),
  'file-unreadable': local(3, {
    sentence: (d) => `A file could not be read${noted(d)}.`,
    hint: 'Check the path and who may read it.',
  }),
  'book-broken': local(3, {
    sentence: (d) => `The book of proxies is damaged${noted(d)}.`,
    hint: 'Nothing was lost by this program: mend the kept file and move it back, or import the lists again into a new book.',
  }),
  'book-newer': local(3, {
    sentence: (d) => `The book of proxies was written by a newer version${noted(d)}.`,
    hint: 'Use that version, or another --home.',
  }),
  'book-busy': local(3, {
    sentence: () => 'Another command is writing into the book.',
    hint: 'Try again when it is done: an import takes some seconds.',
  }),
  'book-full': local(3, {
    sentence: (d) => `The book could not be written${noted(d)}.`,
    hint: 'The disk may be full. The book is as it was before.',
  }),
  'source-unknown': local(2, {
    sentence: () => 'The book has no such source.',
    hint: 'kaskade list sources shows what it has.',
  }),
  'file-unwritable': local(3, {
    sentence: (d) => `A file could not be written${noted(d)}.`,
    hint: 'Name a file that does not exist yet, in a folder that you may write to.',
  }),
  'proxy-unknown': local(2, {
    sentence: () => 'The book has no such proxy.',
    hint: 'kaskade list ls shows what it has; a proxy is named as there, or as host:port.',
  }),
  'list-unreadable': local(3, {
    sentence: (d) => `The list could not be read to its end${noted(d)}.`,
    hint: 'Nothing of it was taken. Fetch it again, or unpack it by hand to see what it is.',
  }),
  'list-unreachable': local(3, {
    sentence: (d) => `The list could not be fetched${noted(d)}.`,
    hint: 'What the book has of it stays. Try another way: --way cascade NAME, proxy URL, or direct.',
  }),
  'list-refused': local(3, {
    sentence: (d) => `The list was not taken${noted(d)}.`,
    hint: 'What the book has of it stays. Look at the URL in a browser, or fetch the list by hand and import the file.',
  }),
  'list-not-a-list': local(3, {
    sentence: (d) => `What came is not a list of proxies${noted(d)}.`,
    hint: 'What the book has of it stays. Look at the URL in a browser; --format says how it is to be read.',
  }),
  'list-shrunk': local(3, {
    sentence: (d) => `The list has lost more than half of its proxies${noted(d)}.`,
    hint: 'The last good list stays. If that is right, take it with --shrunk.',
  }),
  'consent-needed': local(2, {
    sentence: () => 'Fetching this directly would show your own address to the host of the list.',
    hint: 'Say --yes once for all lists, or kaskade config set book.direct yes; --way cascade goes through the cascade in use.',
  }),
  'bad-judge': local(2, {
    sentence: (d) => `This is not the URL of a judge${noted(d)}.`,
    hint: 'kaskade judge runs one and prints its URL with its key; kaskade config set judges stores it.',
  }),
  'judge-missing': local(2, {
    sentence: () => 'An audit needs a judge, and none is known.',
    hint: 'Run kaskade judge on a host of yours, and give its URL with --judge or kaskade config set judges; --witness URL asks a page of others, which can only accuse.',
  }),
  'judge-unreachable': local(3, {
    sentence: (d) => `No judge answers${noted(d)}.`,
    hint: 'Nothing was asked of any proxy. Check that the judge runs, and that this machine reaches it.',
  }),
  'judge-busy': local(3, {
    sentence: () => 'The judge is asked more than it lets one source ask.',
    hint: 'Ask fewer at once (--concurrency), or give the judge a higher --rate.',
  }),
  'proxy-declines': local(3, {
    sentence: (d) => `The proxy asks to be left alone${noted(d)}.`,
    hint: 'It was asked nothing more: audit it again later, or ask its owner.',
  }),
  'audit-running': local(3, {
    sentence: () => 'The same proxies are being audited by another command.',
    hint: 'Wait for it, or choose others with a filter. One that was killed is forgotten after 20 seconds.',
  }),
  'audit-consent': local(2, {
    sentence: () => 'An audit asks proxies of other people, who may not have meant them for you.',
    hint: 'Say --yes once where you may use them, or kaskade config set audit.agreed yes: only listed ports are asked, and for your own judge only.',
  }),
  'selftest-impossible': local(3, {
    sentence: (d) => `The self-test cannot run on this machine${noted(d)}.`,
    hint: 'It needs addresses such as 127.0.2.1, which Linux has without being told, and the program openssl.',
  }),
  'port-in-use': local(3, {
    sentence: (d) => `The listener could not be opened${noted(d)}.`,
    hint: 'Another program has that port, or the address is not of this machine: --listen 127.0.0.1:0 takes any free port.',
  }),
  'engine-running': local(3, {
    sentence: (d) => `Another kaskade runs on this home already${noted(d)}.`,
    hint: 'Use that one (kaskade status), stop it with kaskade stop, or give this one another --home.',
  }),
  'engine-missing': local(3, {
    sentence: () => 'No kaskade runs on this home.',
    hint: 'Start one with kaskade serve, or give its --home.',
  }),
  'engine-silent': local(3, {
    sentence: (d) => `The kaskade that runs on this home does not answer${noted(d)}.`,
    hint: 'It may be another version, stopped or overloaded: end its process and start it again.',
  }),
  'session-unknown': local(2, {
    sentence: (d) => `There is no such session${noted(d)}.`,
    hint: 'kaskade sessions lists those that are open; ended ones are remembered for a while only.',
  }),
  'home-unusable': local(3, {
    sentence: (d) => `The folder for settings cannot be used${noted(d)}.`,
    hint: 'Give another one with --home DIR or KASKADE_HOME.',
  }),
  interrupted: local(130, {
    sentence: () => 'Stopped.',
    hint: 'Nothing is to be done.',
  }),
} as const satisfies Record<string, FailureRow>;
