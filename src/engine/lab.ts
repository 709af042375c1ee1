/** The lab: proxies of different kinds, a target page and a judge, all on loopback, for a rehearsal without any anonymity. */

import { labelEndpoint } from '../model/address.js';
import { type Cascade, mostHops, parseCascade } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { LabView } from './controller.js';
import { openLabJudge } from './lab-judge.js';
import { labKinds, openLabProxy } from './lab-proxy.js';
import { openLabPage } from './lab-page.js';
import { createTrace } from './lab-trace.js';

/** A running lab. */
export interface Lab {
  readonly cascade: Cascade;
  /** The only names that its exit reaches. */
  readonly targets: ReadonlySet<string>;
  readonly view: LabView;
  readonly close: () => Promise<void>;
}

/** The one target of the lab; `.test` is never a name on the Internet (RFC 6761 §6.2). */
const labTarget = 'lab.test';

/** Starts a judge, a page and so many proxies; what was opened is closed again where one of them cannot be. */
export const openLab = async (hops: number): Promise<Lab> => {
  if (!Number.isInteger(hops) || hops < 1 || hops > mostHops) {
    throw fail('bad-usage', { note: `A lab has 1 to ${mostHops} hops.` });
  }
  const opened: Closing[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
  };
  try {
    return { ...(await furnish(hops, opened)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};

interface Closing {
  readonly close: () => Promise<void>;
}

/** Last proxy first: each reaches the judge and the next one only, the last one the judge and the page. */
const furnish = async (hops: number, opened: Closing[]): Promise<Omit<Lab, 'close'>> => {
  const trace = createTrace();
  const judge = await openLabJudge();
  opened.push(judge);
  const page = await openLabPage(labTarget, trace);
  opened.push(page);
  const urls: string[] = [];
  let reaches = new Map([...judge.ways, [`${labTarget}:80`, page.endpoint]]);
  for (let hop = hops; hop >= 1; hop -= 1) {
    const kind = labKinds[(hop - 1) % labKinds.length] ?? labKinds[0];
    const proxy = await openLabProxy({ hop, kind, reaches, trace });
    opened.push(proxy);
    reaches = new Map([...judge.ways, [labelEndpoint(proxy.endpoint), proxy.endpoint]]);
    urls.unshift(`${kind.scheme}://${labelEndpoint(proxy.endpoint)}`);
  }
  return {
    cascade: parseCascade('lab', urls.join(',')),
    targets: new Set([labTarget]),
    view: { judge: judge.url, proxies: urls },
  };
};
