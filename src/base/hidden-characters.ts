/** What is not drawn, or turns the direction of writing: a person does not see what a program reads. */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

export function holdsHidden(text: string): boolean {
  return hidden.test(text);
}
