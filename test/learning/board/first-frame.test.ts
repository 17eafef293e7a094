import { expect, it } from 'vitest';
import { drawnBeach } from '../../daemon/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { openReader, startBoard } from './learning-support.ts';

it('is judged before the base set is read', async () => {
  const reader = await openReader();
  const { logged, take } = await startBoard(reader, await temporaryFolder());
  const isRead = () => logged.some(line => line.includes('no base set comes with the head'));
  expect(isRead()).toBe(false);
  const beach = await drawnBeach(1, 'none');
  take(beach, await reader.read(beach, []));
  expect(isRead()).toBe(false);
  await until(isRead, 'the base set is looked for');
});
