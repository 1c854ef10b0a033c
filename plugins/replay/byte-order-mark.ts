/** What some editors put in front of a text, and no JSON begins with. */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);
