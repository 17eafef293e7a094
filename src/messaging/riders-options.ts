/** What can be set about the topic `riders`, as plain data. */
export interface RidersOptions {
  /** Publish where each rider is, at every frame that is judged. Default false: few need it, and it is much. */
  readonly publish: boolean;
}

export const RIDERS_DEFAULTS: RidersOptions = { publish: false };
