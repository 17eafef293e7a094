import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomScene } from '../../scripts/scenes/random-scene.ts';
import { ViewStore } from '../../src/pipeline/view-store.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { decodeFrame } from '../../src/vision/decode.ts';
import { restoreView, type StoredView, storeView } from '../../src/vision/quality/store-view.ts';
import { watchView } from '../../src/vision/quality/watch-view.ts';
import { measureQuality } from '../../src/vision/quality.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent as log } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;

/** What is learnt from some pictures of one beach. */
async function learntView(): Promise<StoredView> {
  const bytes = await createRenderer().jpeg(randomScene(3, { activities: [], width: 640, height: 360 }));
  const { picture } = await decodeFrame(bytes, { maxPixels: 1e8, maxBytes: 1e8 });
  const { grey } = measureQuality(picture);
  let state = watchView(null, grey, 0);
  for (let count = 1; count < 20; count++) state = watchView(state, grey, count * 1000);
  const stored = storeView(state);
  if (stored === null) throw new Error('nothing was learnt');
  return stored;
}

async function storeIn(stateDir: string, storedView: StoredView | null) {
  const clock = fakeClock();
  const restored: unknown[] = [];
  const pipeline = {
    storedView,
    restoreView: (view: unknown) => void restored.push(view),
    forgetView() {
      pipeline.storedView = null;
    },
  };
  return { store: new ViewStore({ stateDir, pipeline, clock, log }), clock, restored };
}

describe('what is learnt of the view', () => {
  it('is there after a restart', async () => {
    const stateDir = await temporaryFolder();
    const view = await learntView();
    await (await storeIn(stateDir, view)).store.stop();
    const { store, restored } = await storeIn(stateDir, null);
    await store.start();
    const again = restoreView(restored[0], 0);
    expect(again && storeView(again)).toEqual(view);
  });

  it('is written once an hour, and at the end', async () => {
    const stateDir = await temporaryFolder();
    const { store, clock } = await storeIn(stateDir, await learntView());
    await store.saveHourly();
    await expect(readFile(join(stateDir, 'view.json'))).rejects.toThrow('ENOENT');
    await clock.advance(HOUR_MS);
    await store.saveHourly();
    expect((await readFile(join(stateDir, 'view.json'), 'utf8')).length).toBeGreaterThan(1_000);
  });

  it('is forgotten when somebody moved the camera, over a restart too', async () => {
    const stateDir = await temporaryFolder();
    await (await storeIn(stateDir, await learntView())).store.stop();
    const { store } = await storeIn(stateDir, await learntView());
    const known = { pictures: 20, seconds: 19 };
    expect(await store.describe(false)).toEqual({ ...known, forgotten: false });
    expect(await store.describe(true)).toEqual({ ...known, forgotten: true });
    expect(await store.describe(false)).toEqual({ pictures: 0, seconds: 0, forgotten: false });
    await store.stop();
    const next = await storeIn(stateDir, null);
    await next.store.start();
    expect(next.restored).toEqual([]);
  });

  it('is learnt anew where its file is damaged', async () => {
    const stateDir = await temporaryFolder();
    await writeFile(join(stateDir, 'view.json'), '{"version":1,');
    const { store, restored } = await storeIn(stateDir, null);
    await store.start();
    expect(restored).toEqual([]);
  });
});
