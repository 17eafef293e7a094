/** The icons of the views, drawn with the colour of the text. */
const PATHS = {
  now: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6Zm9 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  before: 'M4 20V10m5.3 10V4m5.4 16v-8M20 20V7',
  label: 'M4 4h8l8 8-8 8-8-8V4Zm4.5 4.5h.01',
  train: 'M4 17l5-6 4 4 7-9m0 0h-5m5 0v5',
  setup: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5',
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
