/** Viewers of the page: each listens to what is live and fetches the picture of every frame. Started by measure-load.ts. */
const [url = '', count = '1'] = process.argv.slice(2);
/** Phones, laptops, and one large screen. */
const WIDTHS = [640, 960, 1280];

let pictures = 0;
await Promise.all(Array.from({ length: Number(count) }, (_, at) => view(WIDTHS[at % WIDTHS.length] ?? 640)));

async function view(width: number): Promise<void> {
  const { body } = await fetch(`${url}/api/live`);
  if (body === null) throw new Error('nothing is live');
  let rest = '';
  void (async () => {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      const newest = blocks.findLast(block => block.startsWith('event: frame'));
      const frame = /"frame":"(\w+)"/.exec(newest ?? '')?.[1];
      if (frame === undefined) continue;
      const picture = await fetch(`${url}/api/frames/${frame}/picture?width=${width}`);
      if (picture.ok) pictures += (await picture.arrayBuffer()).byteLength > 0 ? 1 : 0;
      process.send?.(pictures);
    }
  })();
}
