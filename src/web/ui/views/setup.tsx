import { text } from '../texts.ts';

export function Setup(_: { readonly mayOperate: boolean }) {
  return <p>{text('coming')}</p>;
}
