import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { noisyPicture, put, surfwatch } from './support.ts';

const ANY_PORT = ['--set', 'broker.port=0'];
const camera = (folder: string) => [
  ...['--set', 'camera.kind=directory'],
  ...['--set', `camera.directory.path=${folder}`],
];

describe('surfwatch doctor', () => {
  test('finds nothing failed where all is there, and measures each engine', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'frame.jpg', await noisyPicture());
    const { status, output } = await surfwatch(['doctor', '--json', ...camera(folder), ...ANY_PORT]);
    expect(status).toBe(0);
    const { findings } = JSON.parse(output);
    for (const { status: found, remedy } of findings) expect(remedy === null).toBe(found === 'ok');
    const details = Object.fromEntries(
      findings.map(({ name, detail }: { name: string; detail: string }) => [name, detail]),
    );
    expect(details).toMatchObject({
      node: expect.stringContaining(process.versions.node),
      pictures: expect.stringContaining('libvips'),
      head: expect.stringContaining('surfing, windsurfing, kitesurfing'),
      'engine onnx': expect.stringMatching(/golden vector right, \d+\.\d ms a square/),
      'engine wasm': expect.stringMatching(/golden vector right, \d+\.\d ms a square/),
      engine: 'onnx: the fastest that loads',
      'camera picture': expect.stringContaining('320 × 240 pixels'),
      'smallest rider': expect.stringMatching(
        /^riders of 6\.0 pixels .* at detail 2; reading a frame takes \d+ ms/,
      ),
      broker: expect.stringContaining('is free'),
    });
  });

  test('wrong settings fail, and the models are checked all the same', async () => {
    const { status, output } = await surfwatch(['doctor', '--json', '--set', 'camera.kind=nope']);
    expect(status).toBe(1);
    const { status: worst, findings } = JSON.parse(output);
    expect(worst).toBe('fail');
    expect(findings).toContainEqual(
      expect.objectContaining({
        name: 'config',
        status: 'fail',
        detail: expect.stringContaining('camera.kind: must be one of'),
      }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ name: 'head', status: 'ok' }));
  });

  test('for people: a line a finding, remedies below, a summary last', async () => {
    const { status, output } = await surfwatch(['doctor', ...camera('/nonexistent'), ...ANY_PORT]);
    expect(status).toBe(1);
    expect(output).toMatch(/^ok {4}node {14}Node\.js /m);
    expect(output).toMatch(/^FAIL {2}camera picture .*camera-missing.*\n +→ /m);
    expect(output.trimEnd()).toMatch(/1 failed, \d warnings$/);
  });
});
