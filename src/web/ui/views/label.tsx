import { text } from '../texts.ts';

export function Label(_: { readonly mayOperate: boolean }) {
  return <p>{text('coming')}</p>;
}
