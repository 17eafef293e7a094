/** A server that answers as Openverse, as Wikimedia Commons and as the hosts of their pictures do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';

export interface StandIn {
  /** `http://127.0.0.1:1234/` */
  readonly url: string;
  /** Path and query of each request, in order. */
  readonly requests: string[];
  readonly userAgents: Set<string>;
  /** Most requests that were open at once. */
  readonly busiest: () => number;
  /** Paths of pictures asked for. */
  readonly pictures: () => string[];
}

export interface StandInOptions {
  /** Results of every Openverse query: paths on this server, or whole addresses. */
  readonly openverse?: readonly string[];
  /** The same for Wikimedia. */
  readonly wikimedia?: readonly string[];
  /** Changes an Openverse result. */
  readonly change?: (result: Record<string, unknown>, index: number) => Record<string, unknown>;
  /** Answers some paths by itself. @returns whether it did */
  readonly answer?: (request: IncomingMessage, response: ServerResponse, count: number) => boolean;
  /** Milliseconds a picture's second half comes after its first. */
  readonly slowness?: number;
}

const OPENVERSE_PAGE = 4;
const WIKIMEDIA_PAGE = 3;

/** A picture of a colour of its own. */
export function picture(index: number, width = 220, height = 180): Promise<Buffer> {
  const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 13) % 256 };
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const requests: string[] = [];
  const userAgents = new Set<string>();
  let open = 0;
  let busiest = 0;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    userAgents.add(request.headers['user-agent'] ?? '');
    open += 1;
    busiest = Math.max(busiest, open);
    response.once('close', () => {
      open -= 1;
    });
    const count = requests.filter(url => url === request.url).length;
    if (options.answer?.(request, response, count) !== true) void answer(base(), request, response, options);
  });
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: base(),
    requests,
    userAgents,
    busiest: () => busiest,
    pictures: () => requests.filter(path => path.startsWith('/pictures/')),
  };
}

async function answer(
  base: string,
  request: IncomingMessage,
  response: ServerResponse,
  options: StandInOptions,
): Promise<void> {
  const url = new URL(request.url ?? '', base);
  const json = (body: unknown) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  };
  if (url.pathname === '/v1/images/') json(openverseAnswer(base, url, options));
  else if (url.pathname === '/w/api.php') json(wikimediaAnswer(base, url, options));
  else if (url.pathname.startsWith('/pictures/')) {
    const bytes = await picture(Number(/\d+/.exec(url.pathname)?.[0] ?? '0'));
    response.setHeader('content-type', 'image/jpeg').write(bytes.subarray(0, bytes.length / 2));
    setTimeout(() => response.end(bytes.subarray(bytes.length / 2)), options.slowness ?? 0);
  } else {
    response.writeHead(404).end('nothing here');
  }
}

function openverseAnswer(base: string, url: URL, { openverse = [], change = same }: StandInOptions) {
  const page = Number(url.searchParams.get('page'));
  const results = openverse.map((path, index) =>
    change(
      {
        id: `5f0b-${path}`,
        title: `Wave ${index}`,
        creator: `Author ${index}`,
        creator_url: `https://photos.example/people/${index}`,
        license: 'by',
        license_version: '2.0',
        license_url: 'https://creativecommons.org/licenses/by/2.0/',
        foreign_landing_url: `https://photos.example/${index}`,
        url: new URL(path, base).href,
        thumbnail: `${base}v1/images/${index}/thumb/`,
        source: 'flickr',
        width: 1024,
        height: 768,
        attribution: 'ignored',
      },
      index,
    ),
  );
  return {
    result_count: results.length,
    page_count: Math.ceil(results.length / OPENVERSE_PAGE),
    page_size: 20,
    page,
    results: results.slice((page - 1) * OPENVERSE_PAGE, page * OPENVERSE_PAGE),
  };
}

function wikimediaAnswer(base: string, url: URL, { wikimedia = [] }: StandInOptions) {
  const start = Number(url.searchParams.get('gsroffset') ?? '0');
  const end = start + WIKIMEDIA_PAGE;
  const pages = wikimedia.slice(start, end).map((path, index) => ({
    pageid: 1000 + start + index,
    ns: 6,
    title: `File:Photo ${path}.jpg`,
    index: start + index + 1,
    imagerepository: 'local',
    imageinfo: [
      {
        size: 5_000_000,
        width: 4000,
        height: 3000,
        url: new URL(`${path}?original`, base).href,
        thumburl: new URL(path, base).href,
        descriptionurl: `https://commons.wikimedia.org/wiki/File:${start + index}.jpg`,
        mime: 'image/jpeg',
        extmetadata: {
          ObjectName: { value: `Photo &amp; ${start + index}`, source: 'commons-desc-page' },
          Artist: { value: '<a href="//commons.wikimedia.org/wiki/User:Ann">Ann &quot;A.&quot;</a>' },
          License: { value: 'cc-by-sa-4.0', hidden: '' },
          LicenseUrl: { value: 'https://creativecommons.org/licenses/by-sa/4.0' },
        },
      },
    ],
  }));
  return {
    batchcomplete: end >= wikimedia.length,
    ...(end < wikimedia.length && { continue: { gsroffset: end, continue: 'gsroffset||' } }),
    // The API gives them in the order of their ids.
    ...(pages.length > 0 && { query: { pages: pages.reverse() } }),
  };
}

function same(result: Record<string, unknown>): Record<string, unknown> {
  return result;
}
