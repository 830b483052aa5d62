/** In small letters as `lower(… collate "C")` of the database makes them: ASCII alone, by no locale. */
export const asciiLower = (text: string) => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
