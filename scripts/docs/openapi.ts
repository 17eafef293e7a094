/** `docs/schemas/openapi.json` and the table of routes in `docs/page.md`, from the routes of the page. */
import * as z from 'zod';
import { ERRORS } from '../../src/errors.ts';
import { SESSION_ROUTES } from '../../src/web/app.ts';
import type { RouteShape } from '../../src/web/route.ts';
import { allRoutes } from '../../src/web/routes/all.ts';
import { cameraRoutes } from '../../src/web/routes/cameras.ts';
import { seenFrameSchema } from '../../src/web/seen-frame.ts';

type Json = Readonly<Record<string, unknown>>;

/** The page only reads what the routes say of themselves. */
const nothing = {} as never;

const ROUTES: readonly RouteShape[] = [
  ...Object.values(SESSION_ROUTES),
  ...allRoutes({ frames: nothing, commands: nothing, history: nothing, setup: nothing }),
  ...cameraRoutes(nothing),
];

export function openapiPage(): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = `/api${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  const page = {
    openapi: '3.1.0',
    info: {
      title: 'surfwatch page',
      version: '1',
      description:
        'What the page of the daemon asks for. Of several cameras each has all of it below `/<site>`, but `/api/cameras`, which is at the top. docs/page.md explains logins and how to open it on a network.',
    },
    paths,
    components: {
      schemas: {
        Error: schemaOf(errorSchema, 'output'),
        Frame: {
          ...schemaOf(seenFrameSchema, 'output'),
          description: 'Of the event `frame` of `/api/live`.',
        },
      },
      securitySchemes: {
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'surfwatch-…',
          description: 'By `/api/login`; the name ends in digits of the daemon’s own.',
        },
        basic: { type: 'http', scheme: 'basic', description: 'Any user name, and one of the passwords.' },
      },
    },
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}

const errorSchema = z.object({
  code: z.enum(Object.keys(ERRORS) as [string, ...string[]]).describe('docs/errors.md has them all.'),
  message: z.string().describe('What was wrong, and where.'),
  remedy: z.string().describe('What to do.'),
});

function operationOf({ path, role, doc, query, body, answer }: RouteShape): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const inPath = names.map(name => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 100 },
  }));
  const inQuery = query === undefined ? [] : parametersOf(schemaOf(query, 'output'));
  const content =
    typeof answer === 'string'
      ? {
          [answer]: {
            schema: { type: 'string', ...(answer === 'image/jpeg' && { contentMediaType: answer }) },
          },
        }
      : { 'application/json': { schema: schemaOf(answer, 'output') } };
  return {
    description: doc,
    ...(role !== null && { 'x-role': role, security: [{ cookie: [] }, { basic: [] }, {}] }),
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      200: { description: 'Done.', content },
      default: {
        description: 'Why not.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parametersOf({ properties = {}, required = [] }: Json): Json[] {
  return Object.entries(properties as Record<string, Json>).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: (required as readonly string[]).includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...node } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // Objects are open, as fields may be added to any answer.
      delete jsonSchema.additionalProperties;
      if (jsonSchema.format === 'ulid') delete jsonSchema.format;
    },
  });
  return node;
}

const BEGIN = '<!-- Made from src/web/routes by `npm run docs`: begin -->';
const END = '<!-- end -->';

/** The page with the table as the source has it. @throws Error where the page has no marks */
export function withRouteTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin === -1 || end === -1) throw new Error('docs/page.md has no place for the table of routes');
  const rows = ROUTES.map(
    ({ method, path, role, doc }) => `| \`${method.toUpperCase()} /api${path}\` | ${role ?? '–'} | ${doc} |`,
  );
  const table = ['| request | role | what it does |', '| --- | --- | --- |', ...rows].join('\n');
  return `${page.slice(0, begin)}${BEGIN}\n${table}\n${page.slice(end)}`;
}
