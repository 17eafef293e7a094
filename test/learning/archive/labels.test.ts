import { describe, expect, it } from 'vitest';
import { foldLabels, labelledFramesAt } from '../../../src/learning/archive/fold.ts';
import type { Archive, LabelEntry } from '../../../src/learning/archive/types.ts';
import { fc } from '../../support/fast-check.ts';
import { labelAs, NOW, newFrame } from './frames.ts';
import { archivePlace, openTestArchive } from './support.ts';

async function withFrames(count: number): Promise<{ archive: Archive; ids: string[] }> {
  const archive = await openTestArchive();
  const frames = Array.from({ length: count }, () => newFrame());
  for (const frame of frames) await archive.add(frame);
  return { archive, ids: frames.map(({ id }) => id) };
}

const UNDO = { by: 'ben', way: 'cli', at: NOW + 1 } as const;

describe('a label that points at riders', () => {
  const pointing = {
    riders: [{ x: 0.41, y: 0.63, activity: 'surfing' }],
    complete: true,
    nobody: [{ x: 0.1, y: 0.2 }],
  };
  const cell = (x: number) => ({
    zone: 'all',
    rectangle: { x, y: 0.5, w: 0.1, h: 0.2 },
    scores: { surfing: 0.25 },
    pointed: true,
  });

  it('is there after a restart, and what was said before holds again when it is taken back', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const frame = newFrame();
    await archive.add(frame);
    const pointed = labelAs(['surfing'], { pointing });
    archive.label([{ frame: frame.id, label: labelAs([]) }]);
    archive.label([{ frame: frame.id, label: pointed }]);
    archive.close();
    const again = await place.open();
    expect(again.labelOf(frame.id)).toEqual(pointed);
    expect(again.labelled()[0]?.label).toEqual(pointed);
    expect(again.undo(frame.id, UNDO)).not.toHaveProperty('pointing');
    expect(again.labelOf(frame.id)).toEqual(labelAs([]));
  });

  it('keeps its cells after the others, in place of those of the label before, and counts their bytes', async () => {
    const { archive, ids } = await withFrames(1);
    const id = ids[0] as string;
    const before = archive.frame(id);
    const width = (archive.embeddings(id)?.length ?? 0) / 2;
    const backbone = before?.backbone ?? '';
    const put = (xs: readonly number[]) =>
      archive.pointCells(id, {
        backbone,
        cells: xs.map(cell),
        embeddings: Float32Array.from({ length: xs.length * width }, () => 0.5),
      });
    expect(put([0.1, 0.3, 0.5])).toBe(true);
    expect(put([0.7])).toBe(true);
    const after = archive.frame(id);
    expect(after?.cells).toEqual([...(before?.cells ?? []), cell(0.7)]);
    expect(archive.embeddings(id)?.slice(2 * width)).toEqual(new Float32Array(width).fill(0.5));
    expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBe(2 * width);
    expect(archive.counts().bytes).toBe(after?.bytes);
  });

  it('keeps none of another backbone, nor of a frame that is gone', async () => {
    const { archive, ids } = await withFrames(1);
    const none = { backbone: 'another', cells: [cell(0.1)], embeddings: new Float32Array(32) };
    expect(archive.pointCells(ids[0] as string, none)).toBe(false);
    expect(archive.pointCells('01JZZZZZZZ0000000000000000', none)).toBe(false);
    expect(archive.frame(ids[0] as string)?.cells).toHaveLength(2);
  });
});

describe('a label', () => {
  it('is there after a restart, with who, when, how and where', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const frame = newFrame();
    await archive.add(frame);
    const label = labelAs(['kitesurfing', 'surfing'], { rectangle: { x: 0, y: 0, w: 0.5, h: 1 } });
    expect(archive.label([{ frame: frame.id, label }])).toEqual([{ ...label, seq: 1, frame: frame.id }]);
    archive.close();
    const again = await place.open();
    expect(again.labelOf(frame.id)).toEqual(label);
    expect(again.labelled()).toEqual([{ ...again.frame(frame.id), label }]);
    expect(again.log(10)).toEqual([{ ...label, seq: 1, frame: frame.id }]);
  });

  it('is sorted, and names nothing twice', async () => {
    const { archive, ids } = await withFrames(1);
    const [entry] = archive.label([
      { frame: ids[0] ?? '', label: labelAs(['surfing', 'kitesurfing', 'surfing']) },
    ]);
    expect(entry?.labels).toEqual(['kitesurfing', 'surfing']);
  });

  it('counts once however often it was given', async () => {
    const { archive, ids } = await withFrames(3);
    const [a = '', b = ''] = ids;
    archive.label([{ frame: a, label: labelAs(['surfing']) }]);
    archive.label([{ frame: a, label: labelAs(['surfing', 'kitesurfing']) }]);
    archive.label([{ frame: b, label: labelAs([]) }]);
    expect(archive.counts()).toMatchObject({
      frames: 3,
      labelled: 2,
      labels: { kitesurfing: 1, surfing: 1, none: 1 },
    });
    expect(archive.labelled().map(({ id }) => id)).toEqual([a, b]);
  });

  it('is written with all others of its request, or none is', async () => {
    const { archive, ids } = await withFrames(2);
    const request = [...ids, '01UNKNOWN'].map(frame => ({ frame, label: labelAs(['surfing']) }));
    expect(() => archive.label(request)).toThrow(
      expect.objectContaining({
        code: 'label-frame-unknown',
        message: expect.stringContaining('01UNKNOWN'),
      }),
    );
    expect(archive.log(10)).toEqual([]);
    expect(archive.counts().labelled).toBe(0);
    expect(archive.label(request.slice(0, 2))).toHaveLength(2);
  });

  it('is never changed nor deleted in the log', async () => {
    const { archive, ids } = await withFrames(1);
    archive.label([{ frame: ids[0] ?? '', label: labelAs(['surfing']) }]);
    archive.undo(ids[0] ?? '', UNDO);
    expect(archive.log(10).map(({ labels }) => labels)).toEqual([null, ['surfing']]);
    expect(archive.log(1)).toHaveLength(1);
  });
});

describe('undo', () => {
  it('lets hold what was said before, up to nothing', async () => {
    const { archive, ids } = await withFrames(1);
    const [frame = ''] = ids;
    archive.label([{ frame, label: labelAs(['surfing']) }]);
    archive.label([{ frame, label: labelAs([]) }]);
    expect(archive.undo(frame, UNDO)).toEqual({ ...UNDO, seq: 3, frame, labels: null });
    expect(archive.labelOf(frame)?.labels).toEqual(['surfing']);
    archive.undo(frame, UNDO);
    expect(archive.labelOf(frame)).toBeUndefined();
    expect(archive.labelled()).toEqual([]);
    expect(() => archive.undo(frame, UNDO)).toThrow(expect.objectContaining({ code: 'label-none' }));
    expect(archive.log(10)).toHaveLength(4);
  });

  it('refuses a frame that nobody knows', async () => {
    const { archive } = await withFrames(0);
    expect(() => archive.undo('01UNKNOWN', UNDO)).toThrow(
      expect.objectContaining({ code: 'label-frame-unknown' }),
    );
    expect(archive.labelOf('01UNKNOWN')).toBeUndefined();
  });
});

describe('any order of labels and undos', () => {
  const step = fc.record({
    frame: fc.constantFrom(0, 1, 2),
    labels: fc.option(fc.uniqueArray(fc.constantFrom('kitesurfing', 'surfing'))),
  });

  /** What holds by the words of the issue: walk back from the newest, each undo passes one label over. */
  function newestNotTakenBack(entries: readonly LabelEntry[], frame: string): readonly string[] | undefined {
    let undone = 0;
    for (const entry of entries.filter(each => each.frame === frame).reverse()) {
      if (entry.labels === null) undone++;
      else if (undone > 0) undone--;
      else return entry.labels;
    }
    return undefined;
  }

  it('ends with the newest that was not taken back, in memory as in the database', async () => {
    const { archive, ids } = await withFrames(3);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        for (const { frame, labels } of steps) {
          const id = ids[frame] ?? '';
          if (labels !== null) archive.label([{ frame: id, label: labelAs(labels) }]);
          else if (archive.labelOf(id) !== undefined) archive.undo(id, UNDO);
        }
        const log = archive.log(1e6).toReversed();
        const folded = foldLabels(log);
        for (const id of ids) {
          expect(archive.labelOf(id)?.labels).toEqual(newestNotTakenBack(log, id));
          expect(folded.get(id)?.labels).toEqual(newestNotTakenBack(log, id));
        }
        expect(archive.labelled()).toHaveLength(folded.size);
        expect(archive.counts().labelled).toBe(folded.size);
        const [early, late] = [-1, Number.MAX_SAFE_INTEGER];
        expect(labelledFramesAt(log, [early, late, late])).toEqual([0, folded.size, folded.size]);
      }),
      { numRuns: 40 },
    );
  });

  it('passes an undo over where nothing holds', () => {
    const entry = { frame: 'a', at: 0, by: '', way: 'mqtt', labels: null } as const;
    expect(
      foldLabels([
        { ...entry, seq: 1 },
        { ...entry, seq: 2, labels: [] },
      ]).get('a')?.seq,
    ).toBe(2);
  });

  it('counts the frames that were labelled by then', () => {
    const entry = { seq: 0, by: '', way: 'page', labels: ['surfing'] } as const;
    const log = [
      { ...entry, frame: 'a', at: 10 },
      { ...entry, frame: 'a', at: 20 },
      { ...entry, frame: 'b', at: 30 },
      { ...entry, frame: 'a', at: 40, labels: null },
      { ...entry, frame: 'a', at: 50, labels: null },
    ];
    expect(labelledFramesAt(log, [5, 10, 35, 45, 60])).toEqual([0, 1, 2, 2, 1]);
  });
});
