/** Whether a number was typed as it is shown, with what stands between its thousands in any language or without. */
export const isTypedAs = (typed: string, number: number): boolean => typed.replace(/\D/g, '') === String(number);
