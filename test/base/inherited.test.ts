/** Names that every object of JavaScript has are refused wherever a name comes from outside, and leave no trace. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadHead } from '../../src/activity/head-bundle.ts';
import { isInherited } from '../../src/base/inherited.ts';
import { isName, NAME_PATTERN } from '../../src/config/name.ts';
import { classNames } from '../../src/exchange/import/labels.ts';
import { classNameFault, isActivityName } from '../../src/learning/labels/activity-names.ts';
import { checkLabels } from '../../src/learning/labels/names.ts';
import { parseCommand } from '../../src/messaging/command.ts';
import { labelArgsSchema, labelSchema } from '../../src/messaging/label-payload.ts';
import { put } from '../cli/support.ts';
import { errorOf, load, loadContent } from '../config/support.ts';
import { fc } from '../support/fast-check.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NAMES = Object.getOwnPropertyNames(Object.prototype);

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(NAMES);
  expect(Object.keys({})).toEqual([]);
});

it('is every name that an empty object answers to, and no usual one', () => {
  expect(NAMES).toEqual(expect.arrayContaining(['constructor', '__proto__', 'toString', 'hasOwnProperty']));
  expect(NAMES.filter(one => !isInherited(one))).toEqual([]);
  for (const usual of ['surfing', 'none', 'prototype', 'length', 'then'])
    expect(isInherited(usual)).toBe(false);
});

it('is no name of a site, a zone or an activity in a configuration, nor of a setting', () => {
  for (const one of NAMES) {
    expect(isName(one)).toBe(false);
    expect(new RegExp(NAME_PATTERN).test(one)).toBe(false);
    const config = (part: string) => `{"${part.split(':')[0]}": ${part.slice(part.indexOf(':') + 1)}}`;
    const contents = [
      config(`site:"${one}"`),
      config(`learning:{"newActivities":["${one}"]}`),
      config(`activity:{"thresholds":{"${one}":0.5}}`),
      config(`zones:[{"name":"${one}","x":0,"y":0,"w":1,"h":1}]`),
      config(`${one}:1`),
      config(`${one}:{"polluted":true}`),
      config(`activity:{"${one}":{"polluted":true}}`),
    ];
    for (const content of contents) expect(errorOf(() => loadContent(content)).faults).toHaveLength(1);
    for (const path of [one, `${one}.polluted`, `activity.${one}`, `activity.${one}.polluted`])
      expect(errorOf(() => load({ set: [`${path}=1`] })).faults).toHaveLength(1);
  }
});

it('is no name of an activity in a label, known or new', () => {
  const around = fc.constantFrom('', ' ', '\t');
  const said = fc.tuple(fc.constantFrom(...NAMES), around).map(([one, space]) => `${space}${one}${space}`);
  fc.assert(
    fc.property(said, fc.boolean(), (one, allowNew) => {
      let labels: string[] = [];
      try {
        labels = checkLabels([one, 'surfing'], ['surfing'], { allowNew });
      } catch (error) {
        expect(error).toMatchObject({ code: allowNew ? 'label-malformed' : 'label-activity-unknown' });
      }
      // In small letters some are plain words: none that an object answers to.
      expect(labels.filter(isInherited)).toEqual([]);
    }),
  );
});

describe('in what is read', () => {
  it('is no activity of a head', async () => {
    const folder = await temporaryFolder();
    const bytes = Buffer.alloc(4 * (4 + 1 + 1 + 1));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const backbone = { id: 'b', sha256: '0'.repeat(64) };
    await put(folder, 'h/w.bin', bytes);
    const manifest = (activity: string) =>
      `{"format":1,"id":"h","createdAt":"2026-06-01T00:00:00Z","activities":["${activity}"],"width":4,"hidden":1,` +
      `"backbone":${JSON.stringify(backbone)},"calibration":[{"slope":1,"intercept":0}],"thresholds":{"${activity}":0.5},` +
      `"weights":{"file":"w.bin","sha256":"${sha256}"},"training":{"parent":null,"seed":1,"dataSha256":"${sha256}","command":""}}`;
    await writeFile(join(folder, 'h', 'head.json'), manifest('surfing'));
    expect((await loadHead(folder, 'h', backbone)).manifest.activities).toEqual(['surfing']);
    for (const one of NAMES) {
      await writeFile(join(folder, 'h', 'head.json'), manifest(one));
      await expect(loadHead(folder, 'h', backbone)).rejects.toMatchObject({ code: 'model-invalid' });
    }
  });

  it('is no class of a dataset, nor of a model from elsewhere', () => {
    for (const one of NAMES) {
      expect(isActivityName(one)).toBe(false);
      expect(classNameFault(one)).toBeDefined();
      expect(classNameFault(`surfing+${one}`)).toBeDefined();
      let names: string[] = [];
      try {
        names = classNames([one, 'surfing'], [], 'model').map(each => each.name);
      } catch (error) {
        expect(error).toMatchObject({ code: 'import-incomplete' });
      }
      expect(names.filter(isInherited)).toEqual([]);
    }
  });

  it('is at most an argument of a command that nobody asks for', () => {
    for (const one of NAMES) {
      const payload = Buffer.from(`{"command":"label","${one}":{"polluted":true},"frame":"x"}`);
      const parsed = parseCommand({ topic: 'surf/command', payload, retained: false }, 'surf');
      if (!parsed.ok) throw parsed.fault;
      expect(Object.getPrototypeOf(parsed.command.args)).toBe(Object.prototype);
      expect(parsed.command.args).toMatchObject({ frame: 'x' });
      const label = JSON.parse(
        `{"frame":"01JWNB52Q8Z3V4C0E7XK9T5R2M","labels":[],"${one}":{"polluted":true}}`,
      );
      for (const schema of [labelArgsSchema, labelSchema]) {
        const read = schema.parse(label);
        expect(Object.keys(read).sort()).toEqual(['frame', 'labels']);
        expect((read as { polluted?: unknown }).polluted).toBeUndefined();
      }
      const verb = parseCommand(
        { topic: `surf/command/${one}`, payload: Buffer.from(''), retained: false },
        'surf',
      );
      if (verb.ok) expect(verb.command.verb).toBe('constructor');
    }
  });
});
