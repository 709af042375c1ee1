/** The own network goes away and comes back: no hop loses its standing for it. KASKADE_LONG=1 keeps it away for a minute. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FarSide } from '../kit/land-hops.js';
import type { NearView } from '../kit/land-engine.js';
import { type Resident, type Side, createLand, landless } from '../kit/land.js';

const away = process.env['KASKADE_LONG'] === '1' ? 60_000 : 9_000;
const skip = landless() ?? false;

/** Looks until the view is as wanted; gives everything that was seen meanwhile. */
const lookUntil = async (near: Resident, wanted: (view: NearView) => boolean, within = 30_000): Promise<NearView> => {
  const began = performance.now();
  const seen = new Set<NearView['seen'][number]>();
  for (;;) {
    const view = await near.ask<NearView>({ do: 'look' });
    for (const standing of view.seen) seen.add(standing);
    if (wanted(view)) return { ...view, seen: [...seen] };
    assert.ok(performance.now() - began < within, `it stayed ${JSON.stringify(view)}`);
    await pause(100);
  }
};

const isWell = ({ standings, served, failed }: NearView): boolean =>
  standings.length === 3 && standings.every((standing) => standing === 'up') && served > 0 && failed === 0;

const ill = (seen: NearView['seen']): readonly string[] =>
  seen.filter((standing) => standing === 'suspect' || standing === 'down');

for (const [side, where] of [
  ['near', 'on this side'],
  ['far', 'on the other side'],
] as readonly (readonly [Side, string])[]) {
  test(`no hop loses standing while the cable is out ${where}`, { skip }, async (context) => {
    await using land = createLand();
    const far = await land.settle('far', 'land-hops');
    const { chain, target } = await far.ask<FarSide>(land.far);
    const near = await land.settle('near', 'land-engine');
    await near.ask({ do: 'begin', chain, target });
    await lookUntil(near, isWell);

    land.pull(side);
    await pause(away);
    const during = await near.ask<NearView>({ do: 'look' });
    assert.deepEqual(ill(during.seen), []);
    assert.ok(during.failed > 0, 'sessions failed meanwhile');
    assert.ok(during.networks.includes('offline'), `the network was ${during.networks.join(', ')}`);

    land.plug(side);
    const after = await lookUntil(near, isWell);
    assert.deepEqual(ill(after.seen), []);
    context.diagnostic(`cable out for ${away / 1_000} s, ${during.failed} sessions failed, no standing was lost`);
  });
}
