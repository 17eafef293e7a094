/** What a request brings: bounded before it is parsed, and checked after. */
import * as z from 'zod';
import { SurfwatchError } from '../errors.ts';
import { isDeeperThan, MAX_COMMAND_DEPTH } from '../messaging/command.ts';

/** @throws SurfwatchError `web-invalid` */
export async function jsonOf(request: Request, mostBytes: number): Promise<unknown> {
  const text = await textOf(request, mostBytes);
  if (isDeeperThan(text, MAX_COMMAND_DEPTH)) {
    throw new SurfwatchError('web-invalid', `objects or lists in more than ${MAX_COMMAND_DEPTH} others`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SurfwatchError('web-invalid', 'the body is not JSON');
  }
}

/** @throws SurfwatchError `web-invalid` naming what is wrong */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value);
  if (!checked.success) throw new SurfwatchError('web-invalid', z.prettifyError(checked.error));
  return checked.data;
}

async function textOf(request: Request, mostBytes: number): Promise<string> {
  const tooLarge = () => new SurfwatchError('web-invalid', `a body has at most ${mostBytes} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
