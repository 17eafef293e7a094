import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Mistake } from '../../../src/training/record.ts';
import { renderReport } from '../../../src/training/report/report.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ACTIVITIES, drawPictures, sampleRecord } from './sample-record.ts';

const SECTIONS = [
  'sources',
  'limits',
  'epochs',
  'confusion',
  'precision-recall',
  'calibration',
  'folds',
  'groups',
  'curve',
  'mistakes',
  'suspects',
  'data',
  'made',
];

const EVIL = '<script>window.evil=1</script>"><img src=x onerror=window.evil=2>';

const idsOf = (page: string) => [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

describe('renderReport', () => {
  let folder: string;
  let files: string[];
  let full: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, 'pictures'));
    files = await drawPictures(join(folder, 'pictures'));
    full = await renderReport(sampleRecord(files));
  });

  it('has all sections, and a chart of each kind', () => {
    expect(idsOf(full)).toEqual(SECTIONS);
    // Loss and accuracy, then two an activity, then the learning curve.
    expect(full.match(/<svg aria-hidden="true" focusable/g)).toHaveLength(2 + 2 * ACTIVITIES.length + 1);
    expect(full.match(/data:image\/jpeg/g)).toHaveLength(14 + 5);
    expect(full).toContain('duplicate</b> × 12');
    expect(full).toContain('and 4 more');
  });

  it('says the verdict and the figures of the cross-validation, with intervals', () => {
    const { folds } = sampleRecord(files);
    const all = folds?.pooled.all;
    const [low, high] = (all?.intervals.accuracy ?? [0, 0]).map(share => Math.round(100 * share));
    expect(full).toContain(
      `<h1>Of 100 pictures of groups held out, whether or not its backbone was trained on them, it gets about ${Math.round(100 * (all?.accuracy ?? 0))} right (${low} to ${high}).</h1>`,
    );
    expect(full).toContain(`${(100 * (all?.balancedAccuracy ?? 0)).toFixed(1)}\u{a0}%`);
  });

  it('names in the headline what the backbone was trained on, and warns beneath it', async () => {
    const sight = { judged: 3, seen: ['a', 'b', 'c'], recorded: true };
    const flattered = await renderReport(sampleRecord(files, { sight }));
    expect(flattered).toContain(
      '<h1>Of 100 pictures of groups that its backbone was trained on, it gets about',
    );
    expect(flattered).toContain(
      '<p class="lead">The backbone was trained on all 3 groups that judge: the figures flatter',
    );
    expect(flattered).not.toContain('not seen, it gets');
    const fair = await renderReport(sampleRecord(files, { sight: { ...sight, seen: [] } }));
    expect(fair).toContain('groups that neither it nor, by its record, its backbone was trained on, it gets');
    expect(fair).not.toContain('the figures flatter');
  });

  it('loads nothing, runs nothing, and has no styles but its own', () => {
    expect(full).not.toMatch(
      /<script|\son\w+=|javascript:|<link|@import|url\((?!#)|\sstyle=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/,
    );
    expect(full.match(/<style/g)).toHaveLength(1);
  });

  it('draws nothing of what there is not', async () => {
    const bare = await renderReport(
      sampleRecord(files, { folds: null, curve: null, mistakes: [], suspects: [], held: {}, epochs: [] }),
    );
    expect(idsOf(bare)).toEqual(['limits', 'data', 'made']);
    expect(bare).toContain('Nothing was held out');
    expect(bare).not.toMatch(/undefined|null|NaN/);
  });

  it('judges by the held-out groups where there are no folds', async () => {
    const page = await renderReport(sampleRecord(files, { folds: null }));
    expect(idsOf(page)).toEqual(SECTIONS.filter(id => id !== 'folds'));
    expect(page).toContain('Measured on 210 pictures of 80 groups held out from fitting');
    expect(page).toContain('The best epoch was chosen on the same held-out pictures');
  });

  it('shows a placeholder for a picture that is gone', async () => {
    const page = await renderReport(sampleRecord([]));
    expect(page.match(/can’t be read<\/div>/g)).toHaveLength(14 + 5);
  });

  it('is the same page for the same record', async () => {
    expect(await renderReport(sampleRecord(files))).toBe(full);
  });

  describe.skipIf(!hasChromium())('in a browser', () => {
    async function open(html: string, width: number): Promise<{ page: Page; faults: string[] }> {
      const path = join(folder, `report-${width}.html`);
      await writeFile(path, html);
      const browser = await sharedChromium();
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      onTestFinished(() => page.close());
      const faults: string[] = [];
      page.on('console', message => faults.push(message.text()));
      page.on('pageerror', error => faults.push(String(error)));
      page.on('request', request => {
        if (!/^(file|data):/.test(request.url())) faults.push(request.url());
      });
      await page.goto(pathToFileURL(path).href);
      return { page, faults };
    }

    it.each([360, 1280])('fits %i pixels, under its own policy', async width => {
      const { page, faults } = await open(full, width);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(faults).toEqual([]);
      for (const id of SECTIONS) expect(await page.locator(`#${id}`).isVisible()).toBe(true);
      expect(await page.evaluate('[...document.images].every(image => image.naturalWidth > 0)')).toBe(true);
      // Text of charts is as large as it says, or larger.
      const width330 = await page.locator('.chart svg').first().boundingBox();
      expect(width330?.width).toBeGreaterThan(300);
      await page.close();
    });

    it('shows names that look like markup as text', async () => {
      const mistake: Mistake = {
        file: `/data/${EVIL}.jpg`,
        source: EVIL,
        group: EVIL,
        truth: [EVIL],
        found: [EVIL],
        scores: { [EVIL]: 0.9 },
      };
      const plain = sampleRecord(files);
      const { all } = plain.held;
      if (all === undefined) throw new Error('the sample record has figures');
      const evil = sampleRecord(files, {
        made: { ...plain.made, command: EVIL, machine: EVIL, versions: { [EVIL]: EVIL } },
        data: {
          ...plain.data,
          sources: [{ name: EVIL, files: 1, groups: 1, classes: { [EVIL]: 1 } }],
          findings: [{ kind: 'tiny', files: [EVIL], message: EVIL, leftOut: [EVIL] }],
        },
        held: { all, [EVIL]: all, other: all },
        mistakes: [mistake],
        suspects: [mistake],
      });
      const { page, faults } = await open(await renderReport(evil), 360);
      expect(await page.evaluate('window.evil')).toBeUndefined();
      expect(await page.locator('script').count()).toBe(0);
      expect(await page.locator('#mistakes b').textContent()).toBe(`labelled ${EVIL}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(faults).toEqual([]);
      await page.close();
    });
  });
});
