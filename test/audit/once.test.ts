/** What was seen once and not when it was looked at again is told, accuses nobody, and is not praised either. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAuditor } from '../kit/auditor.js';
import { isType } from '../kit/zoo/core/types.js';
import { openProxy } from '../kit/zoo/core/proxy.js';

test('a proxy that puts a script into one page only gets no grade for plain requests', async () => {
  await using auditor = await openAuditor();
  let left = 1;
  const open = await openProxy(auditor.world, ['http'], {
    response: (answer) => {
      if (!isType(answer, 'text/html') || left === 0) return answer;
      left -= 1;
      return {
        ...answer,
        body: Buffer.concat([answer.body, Buffer.from('<script src="http://ads.invalid/"></script>')]),
      };
    },
  });
  try {
    const { modes } = await auditor.audit(open.url('http'), { tier: 'quick' });
    const [forward, tunnel] = modes;
    assert.equal(forward?.grade, undefined);
    assert.match(forward?.sentence ?? '', /^No grade: H\d\d was failed once, and not when it was looked at again\.$/);
    const told = forward?.findings.find(({ doubt }) => doubt === 'hostile');
    assert.equal(told?.answer, 'inconclusive');
    assert.match(told.sentence, /^Seen once in 4 looks: /);
    assert.equal(tunnel?.grade, 'exact');
  } finally {
    await open.close();
  }
});
