import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HeadManifest, headWeightBytes, loadHead } from '../../../src/activity/head-bundle.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import { checkHead } from '../../../src/host/doctor/models.ts';
import { saveHead, selectHead } from '../../../src/learning/fit/save-head.ts';
import { readManifest, resolveHead } from '../../../src/learning/models/resolve.ts';
import { openModelStore } from '../../../src/learning/models/store.ts';
import { reason } from '../../../src/messaging/reasons.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { BACKBONE, randomHead, riderHead } from '../support.ts';
import {
  currentId,
  damage,
  factsOf,
  namesOf,
  newPlace,
  openStore,
  promoteAll,
  SHIPPED_ID,
} from './support.ts';

const OTHER_BACKBONE = { id: 'another', sha256: 'ef'.repeat(32) };

const FLIPS = reason('flips', { flips: 90, flipsBefore: null });

describe('promote', () => {
  it('gives the head an id, a time and its parent, and puts it in use for good', async () => {
    const place = await newPlace();
    const store = await openStore(place);
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
    const candidate = riderHead(2);
    const head = await store.promote(candidate, factsOf('job-1'));
    expect(head.manifest).toMatchObject({
      id: expect.stringMatching(/^2026-06-01T09-00Z-[0-9a-f]{4}$/),
      createdAt: '2026-06-01T09:00:00.000Z',
      training: { ...candidate.manifest.training, parent: SHIPPED_ID },
    });
    expect(head.outputKernel).toEqual(candidate.outputKernel);

    const again = await openStore(place);
    const loaded = await again.current();
    expect(loaded).toEqual(head);
    expect(again.history(9)).toEqual([
      {
        at: '2026-06-01T09:00:00.000Z',
        event: 'promoted',
        from: SHIPPED_ID,
        to: head.manifest.id,
        ...factsOf('job-1'),
      },
    ]);
  });

  it('keeps the parent that the trainer named', async () => {
    const store = await openStore(await newPlace());
    const { training } = riderHead(2).manifest;
    const candidate = riderHead(2, { training: { ...training, parent: 'head-7' } });
    expect((await store.promote(candidate, factsOf('a'))).manifest.training.parent).toBe('head-7');
  });

  it('gives the same weights promoted twice in one instant two ids', async () => {
    const store = await openStore(await newPlace());
    const heads = await Promise.all([1, 2, 3].map(job => store.promote(riderHead(2), factsOf(`${job}`))));
    const ids = heads.map(({ manifest }) => manifest.id);
    expect(new Set(ids).size).toBe(3);
    expect(store.history(9).map(({ from, to }) => [from, to])).toEqual([
      [ids[1], ids[2]],
      [ids[0], ids[1]],
      [SHIPPED_ID, ids[0]],
    ]);
  });

  it('keeps the last few heads', async () => {
    const place = await newPlace();
    const ids = await promoteAll(place, [2, 3, 4, 5, 6], 3);
    expect((await namesOf(place.folders.board)).sort()).toEqual(
      [...ids.slice(2), 'current', 'history.jsonl'].sort(),
    );
    expect((await openStore(place)).history(9)).toHaveLength(5);
  });

  it('never deletes the one in use before, the parent, the pinned one, or one put there by hand', async () => {
    const place = await newPlace();
    const ids = await promoteAll(place, [2, 3, 4, 5]);
    await saveHead(place.folders.board, riderHead(9), {});
    const { training } = riderHead(7).manifest;
    const child = riderHead(7, { training: { ...training, parent: String(ids[1]) } });
    const store = await openStore(place, { keep: 1, configured: String(ids[0]) });
    expect(store.pinned).toBe(ids[0]);
    await store.rollback(String(ids[3]));
    const last = await store.promote(child, factsOf('last'));
    const left = (await namesOf(place.folders.board)).filter(name => !/^(current|history)/.test(name));
    expect(left).toEqual([ids[0], ids[1], ids[3], last.manifest.id, 'head-9'].sort());
  });

  it('refuses what could not be loaded again, and leaves nothing of it', async () => {
    const place = await newPlace();
    const store = await openStore(place);
    const { manifest } = riderHead(2);
    const broken = riderHead(2, { thresholds: { ...manifest.thresholds, surfing: Number.NaN } });
    await expect(store.promote(broken, factsOf('a'))).rejects.toMatchObject({ code: 'model-invalid' });
    const foreign = riderHead(2, { backbone: OTHER_BACKBONE });
    await expect(store.promote(foreign, factsOf('b'))).rejects.toMatchObject({ code: 'model-invalid' });
    expect(await namesOf(place.folders.board)).toEqual([]);
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
    await store.promote(riderHead(3), factsOf('c'));
  });

  it('says so where the state folder is no folder, and goes on with the old head', async () => {
    const place = await newPlace();
    await mkdir(join(place.folders.board, '..', '..'), { recursive: true });
    await writeFile(join(place.folders.board, '..'), '');
    const store = await openStore(place);
    await expect(store.promote(riderHead(2), factsOf('a'))).rejects.toMatchObject({
      code: 'state-unwritable',
    });
    await store.reject(factsOf('b'));
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
    expect(store.history(1)[0]).toMatchObject({ event: 'rejected', job: 'b' });
    expect(place.warnings.join()).toContain('the history of heads cannot be written');
  });
});

describe('rollback', () => {
  it('goes back one promotion at a time, to the shipped head at last', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    const store = await openStore(place);
    await store.current();
    expect(await store.rollback()).toMatchObject({ from: second, to: first });
    expect(await currentId(place)).toBe(first);
    expect(await store.rollback()).toMatchObject({ from: first, to: SHIPPED_ID });
    expect(await currentId(place)).toBe(SHIPPED_ID);
    await expect(store.rollback()).rejects.toMatchObject({ code: 'rollback-none' });
  });

  it('goes to a head by id, and says who decided', async () => {
    const place = await newPlace();
    const ids = await promoteAll(place, [2, 3, 4]);
    const store = await openStore(place);
    const { head } = await store.rollback(ids[0], { automatic: true, reasons: [FLIPS] });
    expect(head.manifest.id).toBe(ids[0]);
    expect(store.history(1)[0]).toMatchObject({
      event: 'auto-rolled-back',
      from: ids[2],
      to: ids[0],
      reasons: [FLIPS],
    });
    // What was rolled back from is not what is gone back to.
    expect(await store.rollback()).toMatchObject({ to: SHIPPED_ID });
    expect(await store.rollback(ids[2])).toMatchObject({ from: SHIPPED_ID, to: ids[2] });
    expect(store.history(1)[0]?.event).toBe('rolled-back');
  });

  it('goes on with what is shipped after `shipped`, also when that is updated', async () => {
    const place = await newPlace();
    await promoteAll(place, [2]);
    expect(await (await openStore(place)).rollback('shipped')).toMatchObject({ to: SHIPPED_ID });
    await saveHead(place.folders.shipped, riderHead(8, { id: 'newer' }), {});
    await selectHead(place.folders.shipped, 'newer');
    await rm(join(place.folders.shipped, SHIPPED_ID), { recursive: true });
    expect(await currentId(place)).toBe('newer');
    expect(place.warnings).toEqual([]);
  });

  it('answers what it cannot do with a code, and changes nothing', async () => {
    const place = await newPlace();
    const [id] = await promoteAll(place, [2]);
    await saveHead(place.folders.board, riderHead(5, { backbone: OTHER_BACKBONE }), {});
    const store = await openStore(place);
    for (const unknown of ['nobody', '../heads', '', '/', 'current', 'history.jsonl']) {
      await expect(store.rollback(unknown)).rejects.toMatchObject({ code: 'model-unknown' });
    }
    await expect(store.rollback(id)).rejects.toMatchObject({ code: 'rollback-none' });
    await expect(store.rollback('head-5')).rejects.toMatchObject({ code: 'model-invalid' });
    expect(store.history(9)).toHaveLength(1);
    expect(await currentId(place)).toBe(id);
  });
});

describe('list', () => {
  it('tells of each head where it comes from, and what it was promoted by', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    await saveHead(place.folders.board, riderHead(5, { backbone: OTHER_BACKBONE }), {});
    const store = await openStore(place);
    const { activities, createdAt } = riderHead(1).manifest;
    const { figures } = factsOf('');
    const { board, shipped } = place.folders;
    expect(await store.list()).toEqual([
      {
        id: second,
        createdAt: '2026-06-01T09:02:00.000Z',
        parent: first,
        activities,
        origin: 'board',
        current: true,
        figures,
        folder: join(board, String(second)),
      },
      expect.objectContaining({ id: first, parent: SHIPPED_ID, current: false }),
      {
        id: SHIPPED_ID,
        createdAt,
        parent: null,
        activities,
        origin: 'shipped',
        current: false,
        figures: null,
        folder: join(shipped, SHIPPED_ID),
      },
    ]);
    await store.rollback('shipped');
    expect((await store.list()).map(({ current }) => current)).toEqual([false, false, true]);
  });
});

describe('a head for whole pictures', () => {
  it('is passed over, neither listed nor set aside: another program may use it', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    const old = randomHead(5, { id: 'old' });
    await saveHead(place.folders.board, old, {});
    await saveHead(place.folders.shipped, { ...old, manifest: { ...old.manifest, id: 'photos' } }, {});
    await selectHead(place.folders.board, 'old');
    const store = await openStore(place);
    expect(await resolveHead(place.folders, 'current', BACKBONE)).toMatchObject({
      head: { manifest: { id: SHIPPED_ID } },
      skipped: [{ id: 'old', why: 'foreign', error: expect.stringContaining('whole pictures') }],
    });
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
    expect(await namesOf(place.folders.board)).toContain('old');
    expect((await store.list()).map(({ id }) => id)).toEqual([second, first, SHIPPED_ID]);
    for (const id of ['old', 'photos'])
      await expect(store.rollback(id)).rejects.toMatchObject({ code: 'model-invalid' });
    await expect(currentId(place, 'photos')).rejects.toMatchObject({ code: 'model-invalid' });
  });

  it('is not promoted', async () => {
    const place = await newPlace();
    const store = await openStore(place);
    await expect(store.promote(randomHead(2), factsOf('a'))).rejects.toMatchObject({ code: 'model-invalid' });
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
  });
});

describe('a pinned head', () => {
  it('is loaded from either folder, whatever is current', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    expect(await currentId(place, String(first))).toBe(first);
    expect(await currentId(place, SHIPPED_ID)).toBe(SHIPPED_ID);
    expect(await currentId(place)).toBe(second);
    await expect(currentId(place, 'nobody')).rejects.toMatchObject({ code: 'model-missing' });
  });
});

describe('the shipped models', () => {
  it('may be read-only, and stay as they are while the board learns', async () => {
    const place = await newPlace();
    await cp(join(SHIPPED_MODELS, 'riders'), place.folders.shipped, { recursive: true });
    await chmod(place.folders.shipped, 0o555);
    const before = await namesOf(place.folders.shipped);
    const id = (await readFile(join(place.folders.shipped, 'current'), 'utf8')).trim();
    const { backbone } = (await readManifest(join(place.folders.shipped, id))) as HeadManifest;
    const bundle = await loadBackboneBundle(join(SHIPPED_MODELS, 'backbone', backbone.id));
    const options = { ...place, configured: 'current', backbone, keep: 5 };
    const store = await openModelStore(options);
    const shipped = await loadHead(place.folders.shipped, 'current', backbone);
    expect((await store.current()).manifest).toEqual(shipped.manifest);
    const promoted = await store.promote(
      { ...shipped, outputBias: shipped.outputBias.map(bias => bias + 1) },
      factsOf('a'),
    );
    const resolved = await resolveHead(place.folders, 'current', backbone);
    expect(resolved).toMatchObject({ origin: 'board', skipped: [] });
    expect(resolved.head.manifest).toEqual(promoted.manifest);
    expect(Buffer.compare(headWeightBytes(resolved.head), headWeightBytes(promoted))).toBe(0);
    expect(await namesOf(place.folders.shipped)).toEqual(before);
    expect(await readFile(join(place.folders.shipped, 'current'), 'utf8')).toBe(`${shipped.manifest.id}\n`);
    await chmod(place.folders.shipped, 0o755);

    // `surfwatch doctor` looks at the same head.
    const settings = {
      ...place,
      models: { ...place.models, backbone: backbone.id, head: 'current', pictureHead: 'current' },
    };
    const check = () => checkHead(settings, bundle);
    const made = promoted.manifest.id;
    const detail = `${made}: surfing, windsurfing, kitesurfing, made on this board`;
    expect((await check()).finding).toMatchObject({ status: 'ok', detail });
    await damage(place.folders.board, made);
    expect(await check()).toMatchObject({
      head: { id: shipped.manifest.id },
      finding: { status: 'warn', detail: expect.stringContaining(`${made} cannot be used`) },
    });
  });

  it('of another backbone than the board learnt on are used, and what was learnt is kept', async () => {
    const place = await newPlace();
    const [id] = await promoteAll(place, [2]);
    await saveHead(place.folders.shipped, riderHead(8, { id: 'newer', backbone: OTHER_BACKBONE }), {});
    await selectHead(place.folders.shipped, 'newer');
    const store = await openModelStore({
      ...place,
      configured: 'current',
      backbone: OTHER_BACKBONE,
      keep: 5,
    });
    expect((await store.current()).manifest.id).toBe('newer');
    expect(place.warnings.join()).toContain('"why":"foreign"');
    expect(await resolveHead(place.folders, 'current', BACKBONE)).toMatchObject({
      head: { manifest: { id } },
    });
  });
});
