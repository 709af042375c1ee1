import { diffHeads } from '../ask/diff.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import type { JudgeRecord } from '../judge/record.js';
import { seed } from '../stand.js';
import { check, failed, headOf, note, pass, recordIn } from './check.js';
import { sightingsIn } from './identity.js';

/** H06: what a proxy does with the fields in which proxies name clients. */
export const seeded = check(
  'H06',
  {
    axis: 'ID',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'fields that name clients get nothing of you',
    meaning:
      'The question is asked with the fields already there in which proxies name their clients. What a proxy adds to them, replaces or takes away shows how it is set up.',
    remedy: 'Do not use it where the site must not know you.',
  },
  async (stand) => {
    const seen = await recordIn(await stand.seeded(), stand);
    if ('result' in seen) return seen.result;
    const sightings = sightingsIn(seen.visit, seen.record, stand).filter(({ fact }) => fact.of === 'you');
    if (sightings.some(({ reach }) => reach === 'whole'))
      return failed('It adds your address to the fields that name clients.', 'transparent', [
        { what: 'the head', sent: shown(seen.visit.sent.head), arrived: shown(headOf(seen.record)) },
      ]);
    if (sightings.length > 0)
      return failed('It adds a part of your address to the fields that name clients.', 'partial', [
        { what: 'the head', sent: shown(seen.visit.sent.head), arrived: shown(headOf(seen.record)) },
      ]);
    return described(seen.visit, seen.record);
  },
);

const described = (visit: Visit, record: JudgeRecord) => {
  const diff = diffHeads(visit.sent, headOf(record));
  const ours = ({ name }: { readonly name: string }): boolean =>
    ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].includes(name.toLowerCase());
  const changed = diff.changed.filter(ours);
  const gone = diff.removed.filter(ours);
  if (changed.length + gone.length === 0) return pass('The fields that name clients arrive as they were sent.');
  const [longer, other] = [true, false].map((isLonger) =>
    changed.filter(({ sent, arrived }) => arrived.startsWith(`${sent},`) === isLonger),
  );
  const told = [
    ...saying('something is added to', longer),
    ...saying('something else is put into', other),
    ...saying('nothing arrives of', gone),
  ];
  const forwarded = changed.find(({ name }) => name === 'x-forwarded-for')?.arrived;
  return note(`Of the fields that name clients, ${told.join('; ')}.`, [
    { what: 'x-forwarded-for', sent: seed, arrived: shown(forwarded ?? valuesIn(record).join(', ')) },
  ]);
};

const saying = (what: string, fields: readonly { readonly name: string }[] = []): readonly string[] =>
  fields.length === 0 ? [] : [`${what} ${[...new Set(fields.map(({ name }) => name.toLowerCase()))].join(', ')}`];

const valuesIn = (record: JudgeRecord): readonly string[] =>
  headOf(record)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => /^x-forwarded-for:/i.test(line));

/** H19: what is between the user and the proxy alone is not passed on. */
export const secrets = check(
  'H19',
  {
    axis: 'RQ',
    severity: 'high',
    tier: 'full',
    modes: ['forward'],
    title: 'what is said to the proxy alone stays there',
    meaning:
      'A made-up login for the proxy and its connection field are sent. A proxy that passes them on gives the passwords of its users to every site.',
    remedy: 'Never use it with a login.',
  },
  async (stand) => {
    const login = `Basic ${Buffer.from(`decoy-${stand.random().slice(0, 8)}:${stand.random()}`).toString('base64')}`;
    const visit = await stand.visit({
      page: '.txt',
      extra: [
        { name: 'Proxy-Authorization', value: login },
        { name: 'Proxy-Connection', value: 'keep-alive' },
      ],
    });
    const seen = await recordIn(visit, stand);
    if ('result' in seen) return seen.result;
    const fields = headOf(seen.record)
      .toString('latin1')
      .split(/\r?\n/)
      .flatMap((line) => (/^proxy-(authorization|connection):/i.exec(line)?.[1] ?? []) as string[] | string)
      .map((name) => name.toLowerCase());
    if (fields.length === 0) return pass('Neither the login nor the connection field for the proxy arrived.');
    const evidence = [{ what: 'fields for the proxy', sent: 'a made-up login', arrived: fields.join(', ') }];
    if (fields.includes('connection'))
      return failed('It passes fields that are meant for itself on to sites.', 'anonymous', evidence);
    const told = 'It passes logins that are meant for itself on to sites.';
    // One that asks for no login is sent none.
    return stand.subject.hop.credentials === undefined ? note(told, evidence) : failed(told, 'anonymous', evidence);
  },
);
