/** What a contact sheet shows. */
import type { Rectangle } from '../../base/geometry.ts';
import { thumbnail } from './thumbnail.ts';

export interface ContactSheet {
  readonly title: string;
  readonly sections: readonly SheetSection[];
}

export interface SheetSection {
  readonly title: string;
  /** A sentence or two beneath the title. */
  readonly note?: string;
  readonly pictures: readonly SheetPicture[];
}

export interface SheetPicture {
  readonly file: string;
  /** Shares of the upright picture, where only a part of it is shown. */
  readonly part?: Rectangle;
  /** Lines are kept. */
  readonly caption: string;
  /** How it is framed and marked; plain when absent. */
  readonly tone?: 'good' | 'bad' | 'plain';
}

export interface Thumbnailed extends SheetPicture {
  /** JPEG; null where the file is no readable picture. */
  readonly jpeg: Buffer | null;
}

/** Said in place of a picture that cannot be shown. */
export const UNREADABLE = 'can’t be read';

/** Put before a caption, as colours alone don't reach everybody; a line doesn't end after it. */
export const MARKS = { good: '✓\u{a0}', bad: '✗\u{a0}', plain: '' } as const;

/** Decoders work in threads of their own: a few at a time keep them busy, and the memory bounded. */
const AT_ONCE = 4;

export async function withThumbnails(
  pictures: readonly SheetPicture[],
  size: number,
): Promise<Thumbnailed[]> {
  const done: Thumbnailed[] = [];
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    const some = pictures.slice(start, start + AT_ONCE);
    const jpegs = await Promise.all(some.map(({ file, part }) => thumbnail(file, size, part)));
    for (const [index, picture] of some.entries()) done.push({ ...picture, jpeg: jpegs[index] ?? null });
  }
  return done;
}
