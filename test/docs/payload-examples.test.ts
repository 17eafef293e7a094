import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { TOPICS, topicEntry } from '../../src/messaging/topics.ts';
import { listFrames } from '../../src/training/data/dataset.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { blocks } from './pages.ts';

/** Equal to what was parsed: a field the schema doesn't know would be gone. */
function expectValid(schema: z.ZodType, payload: unknown): void {
  expect(schema.parse(payload)).toEqual(payload);
}

test.each(Object.entries(EXAMPLES))('the examples of %s fit their topic and schema', (pattern, examples) => {
  const entry = Object.entries(TOPICS).find(([name]) => name === pattern)?.[1];
  for (const { topic, payload } of examples) {
    expect(topicEntry(topic)).toBe(entry);
    expectValid(topicEntry(topic).payload, payload);
  }
});

test('an example with a field too many would be noticed', () => {
  const [{ payload }] = EXAMPLES.state;
  expect(() => expectValid(TOPICS.state.payload, { ...payload, mood: 'fine' })).toThrow();
});

const JSON_BLOCKS = blocks('json');

test('there are examples of payloads', () => {
  expect(JSON_BLOCKS.length).toBeGreaterThan(10);
});

test.each(JSON_BLOCKS.map(block => [block.at, block] as const))('%s shows what is sent', async (_, block) => {
  const content: unknown = JSON.parse(block.text);
  if (/^docs\/(training|datasets)\.md$/.test(block.page)) {
    expect(await framesOf(block.text)).toEqual(Object.keys(content as object).sort());
    return;
  }
  const topic = /^`surf\/(.+)`$/.exec(block.before)?.[1] ?? 'activity';
  expectValid(topicEntry(topic).payload, content);
});

async function framesOf(boxes: string): Promise<string[]> {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'boxes.json'), boxes);
  return (await listFrames(folder)).map(({ path }) => path.slice(folder.length + 1));
}
