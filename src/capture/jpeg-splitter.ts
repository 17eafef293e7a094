/** Finds the JPEGs in a stream of bytes, by their markers as ITU-T T.81 annex B lays them out. */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const START = Buffer.from([0xff, SOI, 0xff]);

export interface JpegSplitterOptions {
  /** A picture that grows past this many bytes is given up. */
  readonly maxBytes: number;
}

/**
 * Takes chunks cut anywhere and gives each complete JPEG once. Bytes between pictures are skipped; after a broken
 * picture it goes on with the next one. Never holds more than `maxBytes` and one chunk.
 */
export class JpegSplitter {
  readonly #maxBytes: number;
  #held: Buffer = Buffer.alloc(0);
  /** Where to read on in `#held`; may lie past its end, in the middle of a segment. */
  #at = 0;
  #place: 'between' | 'header' | 'scan' = 'between';
  /** Whether image data were seen: the markers of a picture alone turn up in any gigabyte of noise. */
  #scanned = false;
  #broken = 0;

  constructor(options: JpegSplitterOptions) {
    this.#maxBytes = options.maxBytes;
  }

  /** Pictures given up: malformed, cut short or too large. */
  get broken(): number {
    return this.#broken;
  }

  push(chunk: Buffer): Buffer[] {
    const pictures: Buffer[] = [];
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#step(pictures)) {
      // Each step is one marker, or one stretch of image data.
    }
    if (this.#held.length > this.#maxBytes) this.#giveUp(this.#held.length);
    return pictures;
  }

  /** @returns whether there may be more to read in what is held. */
  #step(pictures: Buffer[]): boolean {
    if (this.#place === 'between') return this.#findStart();
    if (this.#place === 'scan') return this.#readScan();
    return this.#readMarker(pictures);
  }

  #findStart(): boolean {
    const start = this.#held.indexOf(START);
    if (start === -1) {
      // The last two bytes may be the beginning of a start.
      this.#held = this.#held.subarray(Math.max(0, this.#held.length - 2));
      return false;
    }
    this.#held = this.#held.subarray(start);
    this.#at = 2;
    this.#place = 'header';
    this.#scanned = false;
    return true;
  }

  #readMarker(pictures: Buffer[]): boolean {
    const held = this.#held;
    // B.1.1.2: any number of fill bytes FF may precede a marker.
    while (held[this.#at] === 0xff && held[this.#at + 1] === 0xff) this.#at += 1;
    const marker = held[this.#at + 1];
    if (held.length <= this.#at || (held[this.#at] === 0xff && marker === undefined)) return false;
    if (held[this.#at] !== 0xff || marker === undefined || marker === 0) return this.#giveUp(2);
    if (marker === SOI) return this.#giveUp(this.#at);
    if (marker === EOI) {
      const end = this.#at + 2;
      if (!this.#scanned) return this.#giveUp(end);
      if (end <= this.#maxBytes) pictures.push(Buffer.from(held.subarray(0, end)));
      else this.#broken += 1;
      this.#held = held.subarray(end);
      this.#place = 'between';
      return true;
    }
    if (standsAlone(marker)) {
      this.#at += 2;
      return true;
    }
    if (held.length < this.#at + 4) return false;
    const length = held.readUInt16BE(this.#at + 2);
    if (length < 2) return this.#giveUp(2);
    this.#at += 2 + length;
    if (marker === SOS) {
      this.#place = 'scan';
      this.#scanned = true;
    }
    return true;
  }

  #readScan(): boolean {
    const held = this.#held;
    const next = held.indexOf(0xff, this.#at);
    if (next === -1 || next + 1 >= held.length) {
      this.#at = next === -1 ? Math.max(this.#at, held.length) : next;
      return false;
    }
    const marker = held[next + 1] ?? 0;
    this.#at = next;
    // FF 00 is a data byte FF; restart markers belong to the scan.
    if (marker === 0 || standsAlone(marker)) this.#at += 2;
    else if (marker === 0xff) this.#at += 1;
    else this.#place = 'header';
    return true;
  }

  /** Looks for the next start from `from` on. */
  #giveUp(from: number): boolean {
    this.#broken += 1;
    this.#held = this.#held.subarray(from);
    this.#place = 'between';
    return true;
  }
}

/** TEM and RST0 to RST7 have no length. */
function standsAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}
